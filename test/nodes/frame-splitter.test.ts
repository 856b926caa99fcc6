import fc from "fast-check";
import { expect, it } from "vitest";
import { type FrameFormat, FrameSplitter } from "../../emulator/nodes/frame-splitter.ts";

const format: FrameFormat<string> = {
  headBytes: 3,
  readHead: (bytes) => ({ head: String.fromCharCode(bytes[0] ?? 0), length: bytes.readUInt16BE(1) }),
};

function encode(frames: readonly (readonly [string, Uint8Array])[]): Buffer {
  return Buffer.concat(
    frames.flatMap(([head, payload]) => {
      const start = Buffer.from([head.charCodeAt(0), 0, 0]);
      start.writeUInt16BE(payload.length, 1);
      return [start, payload];
    }),
  );
}

it("a frame splitter gives back every frame, however the stream is cut", () => {
  const frame = fc.tuple(fc.constantFrom("a", "b"), fc.uint8Array({ maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 30 })), (frames, cuts) => {
      const found: [string, Uint8Array][] = [];
      let pieces: Buffer[] = [];
      const splitter = new FrameSplitter(format, (head, piece, isLast) => {
        pieces.push(piece);
        if (!isLast) return;
        found.push([head, Uint8Array.from(Buffer.concat(pieces))]);
        pieces = [];
      });
      let stream = encode(frames);
      for (const cut of cuts) {
        splitter.push(stream.subarray(0, cut));
        stream = stream.subarray(cut);
      }
      splitter.push(stream);
      expect(found).toEqual(frames);
    }),
  );
});

it("a frame splitter hands a payload over before all of it has come", () => {
  const pieces: string[] = [];
  const splitter = new FrameSplitter(format, (_head, piece) => pieces.push(piece.toString()));
  splitter.push(Buffer.concat([encode([["a", Buffer.from("hello")]]).subarray(0, 5)]));
  expect(pieces).toEqual(["he"]);
});
