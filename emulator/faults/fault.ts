import { type Static, type TProperties, Type } from "typebox";
import { checkShape } from "../yaml-file/check-shape.ts";
import { didYouMean } from "../yaml-file/did-you-mean.ts";
import { type FileProblem, showValue } from "../yaml-file/file-problem.ts";

const Milliseconds = (description: string, fallback?: number) =>
  Type.Integer({
    minimum: 0,
    maximum: 600_000,
    title: "milliseconds, at most 600000",
    description,
    ...(fallback !== undefined && { default: fallback }),
  });

const Word = (title: string, description: string, maxLength = 128) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, title, description }));

const latency = {
  latency: Milliseconds("How long each frame is delayed, in milliseconds"),
  jitter: Milliseconds("How much more or less that is at random, in milliseconds", 0),
};
const afterwards = {
  timeout: Milliseconds("Milliseconds from when the fault meets the connection", 0),
};
const Bytes = (description: string) =>
  Type.Integer({ minimum: 0, title: "a number of bytes", description, maximum: Number.MAX_SAFE_INTEGER });
const frames = {
  frames: Type.Enum(["all", "data", "acknowledge"], {
    default: "all",
    title: "all, data or acknowledge",
    description: "Which frames: acknowledges, all others, or both",
  }),
};

/**
 * What each type of fault takes. Names and manners are Toxiproxy's: type, stream, toxicity and attributes; which
 * sessions, nodes or operations a fault is for, and how often it strikes, are ours. Per frame, per connection or per request is what its
 * probability and count are about.
 * @see https://github.com/Shopify/toxiproxy, "Toxics"
 */
const kinds = {
  latency: { per: "connection", attributes: latency },
  bandwidth: {
    per: "connection",
    attributes: {
      rate: Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        title: "kilobytes per second, 1 or more",
        description: "KB/s",
      }),
    },
  },
  limit_data: {
    per: "connection",
    attributes: { bytes: Bytes("How much passes before the connection is cut") },
  },
  reset_peer: { per: "connection", attributes: afterwards },
  timeout: { per: "connection", attributes: afterwards },
  node_dies: {
    per: "connection",
    attributes: { ...afterwards, bytes: Type.Optional(Bytes("How much passes before, instead of a time")) },
  },
  drop_frames: { per: "frame", attributes: frames },
  delay_frames: { per: "frame", attributes: { ...latency, ...frames } },
  duplicate_frames: { per: "frame", attributes: frames },
  reorder_frames: { per: "frame", attributes: frames },
  wrong_digest: { per: "frame", attributes: {} },
  stale_token: { per: "attach", attributes: {} },
  agent_offline: { per: "node", attributes: {} },
  throttling: { per: "request", attributes: {} },
  server_error: { per: "request", attributes: {} },
  api_error: {
    per: "request",
    attributes: {
      code: Type.String({
        pattern: "^[A-Za-z.]{1,100}$",
        title: "an error code: letters and dots",
        description: "AWS's, such as TargetNotConnected",
      }),
      message: Type.String({ maxLength: 1_000, default: "", title: "text", description: "Of the error" }),
    },
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly per: "connection" | "frame" | "attach" | "node" | "request";
      readonly attributes: TProperties;
    }
  >
>;

/** What a fault does; `docs/faults.md` tells each. */
export type FaultType = keyof typeof kinds;
export const faultTypes = Object.keys(kinds) as readonly FaultType[];

const session = {
  session: Word("a session's id", "A session, by its id"),
  owner: Word(
    "an owner",
    "Whose sessions: root, an IAM user's name, role/NAME, or the principal's ARN",
    2_048,
  ),
  node: Word("a node", "A node, by name or id"),
  document: Word("a document's name", "The session document's name"),
};
const selectors = {
  connection: session,
  frame: session,
  attach: session,
  node: { node: session.node },
  request: {
    operation: Word("an operation", "Such as StartSession or ssm.StartSession"),
    owner: session.owner,
  },
};

const strikes = {
  toxicity: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 1,
    title: "a probability from 0 to 1",
    description: "How probable it is that it strikes, each time that it could",
  }),
  count: Type.Optional(
    Type.Integer({
      minimum: 1,
      title: "a number from 1 on",
      description: "How often it strikes before it is over; no end when left out",
    }),
  ),
  seed: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 0xffff_ffff,
      title: "a number below 2^32",
      description: "Of its chances: the same seed, the same chances",
    }),
  ),
};
const stream = {
  stream: Type.Enum(["downstream", "upstream"], {
    default: "downstream",
    title: "downstream or upstream",
    description: "Towards the client, or from it",
  }),
};

function schemaOf<Attributes extends TProperties, T extends FaultType>(type: T, attributes: Attributes) {
  const { per } = kinds[type];
  return Type.Object(
    {
      name: Type.Optional(
        Type.String({
          pattern: "^[\\w.-]{1,64}$",
          title: "a name: 1 to 64 letters, digits or any of _.-",
          description: "By which it is removed; type and stream when left out, as latency_downstream",
        }),
      ),
      type: Type.Literal(type),
      on: Type.Object(selectors[per], {
        default: {},
        additionalProperties: false,
        title: "a mapping",
        description: "Which it is for; all when left out",
      }),
      ...(per === "connection" || per === "frame" ? stream : {}),
      ...(per === "node" ? {} : strikes),
      attributes: Type.Object(attributes, { default: {}, additionalProperties: false, title: "a mapping" }),
    },
    { additionalProperties: false },
  );
}

type AttributesOf<T extends FaultType> = Static<
  ReturnType<typeof Type.Object<(typeof kinds)[T]["attributes"]>>
>;

/** Which sessions, nodes or operations a fault is for; all that is named must fit. */
export interface FaultSelector {
  readonly session?: string;
  readonly owner?: string;
  readonly node?: string;
  readonly document?: string;
  readonly operation?: string;
}

/** A fault as it was asked for, what was left out filled in. */
export type Fault = {
  readonly [T in FaultType]: {
    readonly name: string;
    readonly type: T;
    readonly on: FaultSelector;
    /** Only of faults of a connection or its frames. */
    readonly stream?: FaultStream;
    readonly toxicity?: number;
    readonly count?: number;
    readonly seed?: number;
    readonly attributes: Readonly<AttributesOf<T>>;
  };
}[FaultType];

/** Faults of one of these types. */
export type FaultOf<T extends FaultType> = Extract<Fault, { readonly type: T }>;

export function isOfType<T extends FaultType>(fault: Fault, ...types: readonly T[]): fault is FaultOf<T> {
  return (types as readonly FaultType[]).includes(fault.type);
}

/** A fault as it is asked for; what is left out has its default. */
export type FaultRequest = {
  readonly [T in FaultType]: {
    readonly type: T;
    /** By which it is removed; type and stream when left out. */
    readonly name?: string;
    readonly on?: FaultSelector;
    readonly stream?: FaultStream;
    /** Probability, from 0 to 1. */
    readonly toxicity?: number;
    readonly count?: number;
    readonly seed?: number;
    readonly attributes?: Partial<AttributesOf<T>>;
  };
}[FaultType];

/** A fault in force, as the admin API shows it. */
export type FaultView = Fault & { readonly strikes: number };

export type FaultStream = "downstream" | "upstream";

/** The schema of each type. */
export const faultSchemas = Object.fromEntries(
  faultTypes.map((type) => [type, schemaOf(type, kinds[type].attributes)]),
) as Readonly<Record<FaultType, ReturnType<typeof schemaOf>>>;

/** Reads a fault from JSON or YAML that was parsed; the problems are those of a file. */
export function readFault(
  value: unknown,
):
  | { readonly type: "fault"; readonly fault: Fault }
  | { readonly type: "problems"; readonly problems: readonly FileProblem[] } {
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (!isFaultType(type)) {
    const expected = `one of ${faultTypes.join(", ")}`;
    const found = `${showValue(type)}${didYouMean(String(type), faultTypes)}`;
    return { type: "problems", problems: [{ path: ["type"], isAboutName: false, expected, found }] };
  }
  const checked = checkShape(faultSchemas[type], value);
  if (checked.type === "problems") return checked;
  const fault = checked.value as Omit<Fault, "name"> & { readonly name?: string };
  const name = fault.name ?? [type, fault.stream].filter((part) => part !== undefined).join("_");
  return { type: "fault", fault: { ...fault, name } as Fault };
}

function isFaultType(type: unknown): type is FaultType {
  return typeof type === "string" && Object.hasOwn(kinds, type);
}
