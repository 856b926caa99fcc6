import type { ClientSession } from "./client-handshake.ts";
import type { ClientOutput } from "./client-output.ts";

/** What the owner of a client's channel is to do, in the order given. */
export type ClientChannelEffect =
  /** Send the frame on the attached connection. */
  | { readonly type: "send"; readonly frame: Uint8Array }
  /** Ask KMS for a data key, and say `dataKey` with what came of it: the handshake waits. */
  | { readonly type: "data-key-wanted"; readonly kmsKeyId: string }
  /** The session has begun; comes before everything for its consumer. */
  | { readonly type: "session"; readonly session: ClientSession }
  /**
   * For the consumer; say `taken` once it has been taken. Nothing more comes before, but for what is left when the
   * server ends the session.
   */
  | ClientOutput
  /** The source of the input may go on. */
  | { readonly type: "writable" }
  /** The server has ended the session with this text; the consumer was given all that came before. */
  | { readonly type: "closed"; readonly output: string };
