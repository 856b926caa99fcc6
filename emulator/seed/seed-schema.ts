import { type Static, Type } from "typebox";
import { OsUser } from "../access/os-user.ts";
import { publishedSchema } from "../yaml-file/published-schema.ts";

/**
 * The seed file. Members with a default may be left out; they are filled in before the check, so here they are not
 * optional. A `title` is what a message says it expected.
 */
const tagCharacters = "\\p{L}\\p{Z}\\p{N}_.:/=+\\-@";

const TagValue = Type.String({
  maxLength: 256,
  pattern: `^[${tagCharacters}]*$`,
  title: "a tag value: at most 256 letters, digits, spaces or any of _.:/=+-@",
});

const Tags = Type.Record(Type.String(), TagValue, {
  default: {},
  maxProperties: 50,
  title: "a mapping of at most 50 tags",
  description: "Tags. The tag SSMSessionRunAs of an IAM user or role names the OS user of its sessions.",
});

/** Keys of records are checked apart from the schema, which would let those pass that do not fit a pattern. */
export const tagKeyPattern = new RegExp(`^[${tagCharacters}]{1,128}$`, "u");

/** @see aws-api reference, section 2.3, CreateDocument and "reserved prefix" */
export const documentNamePattern = /^(?!aws|amazon|amzn)[a-z0-9_\-.]{3,128}$/i;

/** AWS's own key ids are `AKIA` + 16 of `A–Z2–7`; those of temporary keys, `ASIA`, cannot be seeded. */
const AccessKey = Type.Object(
  {
    id: Type.String({
      pattern: "^(?!ASIA)\\w{4,128}$",
      title: "an access key id: 4 to 128 letters, digits or _, not beginning with ASIA",
      description: "AWS_ACCESS_KEY_ID",
    }),
    secret: Type.String({
      pattern: "^[\\x21-\\x7e]{1,128}$",
      title: "a secret access key: 1 to 128 visible ASCII characters",
      description: "AWS_SECRET_ACCESS_KEY",
    }),
  },
  { additionalProperties: false },
);

const Path = Type.String({
  default: "/",
  maxLength: 512,
  pattern: "^/([\\x21-\\x7e]+/)?$",
  title: "a path that begins and ends with /",
  description: "IAM path, part of the ARN",
});

const iamName = { minLength: 1, maxLength: 64, pattern: "^[\\w+=,.@-]+$" };

const User = Type.Object(
  {
    name: Type.String({
      ...iamName,
      title: "a user name: 1 to 64 letters, digits or any of _+=,.@-",
      description: "IAM user name, unique without regard to case",
    }),
    path: Path,
    tags: Tags,
    accessKeys: Type.Array(AccessKey, {
      default: [],
      maxItems: 2,
      title: "a list of at most 2 access keys",
      description: "Keys with which the user signs",
    }),
  },
  { additionalProperties: false },
);

const Role = Type.Object(
  {
    name: Type.String({
      ...iamName,
      title: "a role name: 1 to 64 letters, digits or any of _+=,.@-",
      description: "IAM role name, unique without regard to case",
    }),
    path: Path,
    description: Type.Optional(Type.String({ maxLength: 1000, title: "text of at most 1000 characters" })),
    assumableBy: Type.Optional(
      Type.Array(Type.String({ title: "a user name" }), {
        minItems: 1,
        title: "a list of one or more user names",
        description:
          "Users of this file that may assume the role and pass session tags. Short form of trustPolicy; one of the two is needed.",
      }),
    ),
    trustPolicy: Type.Optional(
      Type.Object({}, { description: "Trust policy as IAM has it: Version, Statement", title: "a policy" }),
    ),
    tags: Tags,
    maxSessionDurationSeconds: Type.Integer({
      default: 3600,
      minimum: 3600,
      maximum: 43_200,
      description: "Longest role session, in seconds",
    }),
  },
  { additionalProperties: false },
);

const minutes = (max: number, description: string) =>
  Type.Optional(
    Type.String({
      pattern: "^([1-9][0-9]{0,3})?$",
      title: `minutes in quotes, "1" to "${max}"`,
      description,
    }),
  );
const text = (description: string) => Type.Optional(Type.String({ description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

/** @see AWS Systems Manager user guide, "Session document schema", inputs */
const Preferences = Type.Object(
  {
    runAsEnabled: flag("Run As: sessions run as the OS user that the caller's tag names, not as ssm-user"),
    runAsDefaultUser: text("OS user of callers without the tag SSMSessionRunAs; empty: they are refused"),
    cloudWatchLogGroupName: text("Log group of session logs; empty: none"),
    cloudWatchStreamingEnabled: flag("Log while the session runs, not at its end"),
    cloudWatchEncryptionEnabled: flag("Refuse sessions when the log group is not encrypted"),
    s3BucketName: text("Bucket of session logs; empty: none"),
    s3KeyPrefix: text("Prefix of the logs' keys in the bucket"),
    s3EncryptionEnabled: flag("Refuse sessions when the bucket is not encrypted"),
    kmsKeyId: text("KMS key of the data channel; empty: no encryption but TLS"),
    idleSessionTimeout: minutes(60, "Minutes without input or output until a session ends; 20 when left out"),
    maxSessionDuration: minutes(1440, "Minutes until a session ends; empty: no limit"),
    shellProfile: Type.Optional(
      Type.Object(
        { linux: text("Commands that the shell runs first"), windows: text("The same on Windows") },
        { additionalProperties: false, description: "What the shell of a session begins with" },
      ),
    ),
  },
  {
    additionalProperties: false,
    description:
      "Session Manager preferences: the inputs of the document SSM-SessionManagerRunShell, which exists when this section does",
  },
);

const Node = Type.Object(
  {
    id: Type.String({
      pattern: "^(i|mi)-[0-9a-f]{17}$",
      title: "a node id: i- or mi- and 17 lower-case hexadecimal digits",
      description: "Managed node id, the target of start-session",
    }),
    name: Type.String({
      pattern: "^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$",
      title: "a host name: 1 to 63 letters, digits or -",
      description: "Host name, unique",
    }),
    image: Type.Optional(
      Type.String({
        minLength: 1,
        title: "the name of an image, or a path",
        description: "Image of this node: a name for Docker, a path for namespaces",
      }),
    ),
    agentVersion: Type.Optional(
      Type.String({
        pattern: "^[0-9]{1,5}(\\.[0-9]{1,5}){3}$",
        title: "an agent version: four numbers with dots between them",
        description:
          "Version that the node's agent tells; old ones have the port sessions of their time. The newest that the emulator knows when left out",
      }),
    ),
    users: Type.Array(OsUser, { default: [], maxItems: 256, description: "OS users to be made on the node" }),
    tags: Tags,
  },
  { additionalProperties: false },
);

const LogGroup = Type.String({
  pattern: "^[.\\-_/#A-Za-z0-9]{1,512}$",
  title: "a log group name: 1 to 512 letters, digits or any of .-_/#",
});

const KmsKey = Type.Object(
  {
    alias: Type.String({
      pattern: "^alias/(?!aws/)[a-zA-Z0-9/_-]{1,250}$",
      title: "an alias: alias/ and 1 to 250 letters, digits or any of /_-, not beginning with alias/aws/",
      description: "Name of the key, unique",
    }),
    id: Type.Optional(
      Type.String({
        pattern: "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$",
        title: "a key id: a UUID in lower case",
        description: "Key id; follows from account and alias when left out",
      }),
    ),
    description: Type.Optional(Type.String({ maxLength: 8192, title: "text of at most 8192 characters" })),
  },
  { additionalProperties: false },
);

/** The seed file as a whole. */
export const SeedSchema = Type.Object(
  {
    account: Type.String({
      default: "000000000000",
      pattern: "^[0-9]{12}$",
      title: "an account id: 12 digits",
      description: "Id of the emulated account",
    }),
    region: Type.String({
      default: "us-east-1",
      pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]+$",
      title: "a region, such as us-east-1",
      description: "Region of the emulated account",
    }),
    rootAccessKeys: Type.Array(AccessKey, {
      default: [{ id: "test", secret: "test" }],
      maxItems: 2,
      description: "Keys of the account root",
    }),
    users: Type.Array(User, { default: [], maxItems: 5_000, description: "IAM users" }),
    roles: Type.Array(Role, { default: [], maxItems: 5_000, description: "IAM roles" }),
    preferences: Type.Optional(Preferences),
    documents: Type.Record(Type.String(), Type.Object({}, { title: "a session document" }), {
      default: {},
      description: "Session documents, name: content",
    }),
    nodes: Type.Array(Node, { default: [], maxItems: 256, description: "Managed nodes" }),
    logGroups: Type.Array(LogGroup, {
      default: [],
      maxItems: 1_000,
      description: "CloudWatch Logs groups that exist from the start",
    }),
    kmsKeys: Type.Array(KmsKey, { default: [], maxItems: 1_000, description: "Symmetric KMS keys" }),
  },
  {
    additionalProperties: false,
    description:
      "What the emulated account holds at its start and after a reset. Everything may be left out.",
  },
);

/** A seed with every default in its place. */
export type Seed = Static<typeof SeedSchema>;

/** {@link SeedSchema} as JSON Schema for editors: members with a default are not required. */
export function publishedSeedSchema(): object {
  return publishedSchema("ssm-emulator seed file", SeedSchema);
}
