import type { TerminalSize } from "../protocol/terminal-size.ts";

/** What the owner of a data channel is to do, in the order given. */
export type DataChannelEffect =
  /** Send the frame to the attached client. */
  | { readonly type: "send"; readonly frame: Uint8Array }
  /** Give the bytes to the session's plugin. */
  | { readonly type: "input"; readonly bytes: Uint8Array }
  | ({ readonly type: "resize" } & TerminalSize)
  /** The handshake is over; `clientVersion` is undefined for a client that did none. */
  | { readonly type: "client-ready"; readonly clientVersion: string | undefined }
  /** The client could not do its part of the handshake; close the channel with `reason` under the agent's banner. */
  | { readonly type: "failed"; readonly reason: string }
  /** A flag of the client for the session; not the one that asks for its end. */
  | { readonly type: "flag"; readonly value: number }
  /** The client asks for the end of the session. */
  | { readonly type: "terminate-requested" }
  /** The source of the output may go on. */
  | { readonly type: "writable" }
  /** The closing message has left; nothing more will be sent of its own accord. */
  | { readonly type: "closed" };
