import type { FrameFormat } from "./frame-splitter.ts";

/** A frame's letter and channel; see node-helper.py for what they mean. */
export interface HelperFrameHead {
  readonly letter: string;
  readonly channel: number;
}

const headBytes = 9;

export const helperFrameFormat: FrameFormat<HelperFrameHead> = {
  headBytes,
  readHead: (bytes) => ({
    head: { letter: String.fromCharCode(bytes[4] ?? 0), channel: bytes.readUInt32BE(5) },
    length: bytes.readUInt32BE(0),
  }),
};

/** A whole frame, its payload copied. */
export function encodeHelperFrame({ letter, channel }: HelperFrameHead, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.write(letter, 4, "latin1");
  frame.writeUInt32BE(channel, 5);
  frame.set(payload, headBytes);
  return frame;
}
