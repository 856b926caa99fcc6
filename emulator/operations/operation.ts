import type { Static, TSchema } from "typebox";
import type { Principal } from "../access/principal.ts";
import type { EpochMillis } from "../clock.ts";
import type { AccountState } from "./ports/account-state.ts";
import type { CommandControl } from "./ports/command-control.ts";
import type { ManagedNodes } from "./ports/managed-nodes.ts";
import type { SessionControl } from "./ports/session-control.ts";

export type ServiceName = "ssm" | "iam" | "sts" | "logs" | "ec2" | "kms";

/**
 * One AWS API operation: what it takes and what it does. It lives in
 * `operations/<service>/<name-in-kebab-case>.ts` and is exported under its name in camelCase; the file is all it takes.
 */
export interface Operation<Input extends TSchema = TSchema> {
  readonly service: ServiceName;
  /** As AWS spells it, e.g. `StartSession`. */
  readonly name: string;
  /** Shape and limits of the input in the API model's words; checked before {@link handle} runs. */
  readonly input: Input;
  /**
   * Answers with the output's members as AWS spells them; absent members are left out.
   * @throws ServiceException
   */
  readonly handle: (input: Static<Input>, context: OperationContext) => object | Promise<object>;
}

/** What an operation knows of the request and the account. */
export interface OperationContext {
  /** Who signed the request. */
  readonly principal: Principal;
  readonly requestId: string;
  readonly now: EpochMillis;
  readonly accountId: string;
  /** The region in the request's credential scope. */
  readonly region: string;
  /** How the client reached us, so that URLs in answers lead back the same way. */
  readonly endpoint: Endpoint;
  readonly state: AccountState;
  readonly nodes: ManagedNodes;
  readonly sessions: SessionControl;
  readonly commands: CommandControl;
  readonly random: Randomness;
  readonly settings: ServiceSettings;
}

/** Choices that the real service does not leave to its users. */
export interface ServiceSettings {
  /** Form of StreamUrl; `auto` follows the address of the request. */
  readonly streamUrlForm: "auto" | "aws" | "endpoint";
  /** Our own `host:port`, for StreamUrls in endpoint form when the request came under an AWS host name. */
  readonly ownHost: string;
  /** Who refuses a caller for whom Run As names nobody: the service at StartSession, or the node in the terminal. */
  readonly missingRunAsUserRefusedBy: "service" | "node";
  /** TerminateSession of an ended session: as it was for years, or `ValidationException` as since 2026. */
  readonly repeatedTerminate: "succeeds" | "fails";
}

/** The address by which a client reached us. */
export interface Endpoint {
  /** Host with port, as in the `Host` header. */
  readonly host: string;
  readonly secure: boolean;
  /** True when `host` is one of AWS's own names (proxy or TLS port). */
  readonly awsHost: boolean;
}

/** Sources of ids and secrets, injected so that tests can repeat them. */
export interface Randomness {
  /** Lower-case UUID, version 4. */
  uuid(): string;
  /** `length` lower-case hex digits. */
  hex(length: number): string;
  /** `length` characters of `A–Z2–7`, as in AWS's unique ids. */
  base32(length: number): string;
  /** `length` characters of the base64 alphabet, as in secret keys and tokens. */
  base64(length: number): string;
}

/** Declares an operation with its input type carried into the handler. */
export function operation<Input extends TSchema>(definition: Operation<Input>): Operation<Input> {
  return definition;
}
