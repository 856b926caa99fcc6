/** What the owner of a smux session is to do, in the order given. */
export type SmuxEffect =
  /** Send the bytes to the peer. */
  | { readonly type: "send"; readonly bytes: Uint8Array }
  /** The peer has opened a stream. */
  | { readonly type: "opened"; readonly streamId: number }
  /** Give the data to the stream's destination, and tell with `consumed` when that has taken it. */
  | { readonly type: "data"; readonly streamId: number; readonly data: Uint8Array }
  /** The stream is closed both ways, not by us. What it brought before is good. */
  | { readonly type: "closed"; readonly streamId: number }
  /** There is room again: go on giving the peer's bytes. */
  | { readonly type: "readable" }
  /** The session is over, and all its streams were closed: the peer is silent or broke the rules. */
  | { readonly type: "failed"; readonly reason: string };
