import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeSmuxFrame,
  type SmuxFrame,
  SmuxFrameDecoder,
  smuxCommand,
} from "../../emulator/protocol/smux-frame.ts";
import { portSession } from "../session/port-sessions.ts";

/** Frames in short, e.g. `push 3 alpha`. */
function decoded(chunks: readonly Uint8Array[]): string[] {
  const decoder = new SmuxFrameDecoder();
  return chunks.flatMap((chunk) => [...decoder.decode(chunk)].map(summary));
}

function summary({ command, streamId, data }: SmuxFrame): string {
  const name = Object.entries(smuxCommand).find(([, value]) => value === command)?.[0];
  return `${name} ${streamId} ${Buffer.from(data).toString("latin1")}`.trim();
}

const frames = fc.array(
  fc.oneof(
    fc.record({
      command: fc.constant(smuxCommand.push),
      streamId: fc.nat(0xffffffff),
      data: fc.uint8Array({ maxLength: 200 }),
    }),
    fc.record({
      command: fc.constantFrom(smuxCommand.synchronize, smuxCommand.finish, smuxCommand.keepAlive),
      streamId: fc.nat(0xffffffff),
      data: fc.constant(new Uint8Array(0)),
    }),
  ),
);

describe("smux frames", () => {
  it.each([
    ["the plugin", portSession("port-forwarding-mux").clientOutput],
    ["the agent", portSession("real agent: port forwarding, two streams").serverOutput],
  ])("of %s are read, and written alike", (_, payloads) => {
    const bytes = Buffer.concat(payloads);
    const read = [...new SmuxFrameDecoder().decode(bytes)];
    expect(read.length).toBeGreaterThan(1);
    expect(Buffer.concat(read.map(encodeSmuxFrame))).toEqual(bytes);
  });

  it("are found in the plugin's payloads, which hold several of them or parts", () => {
    const long = "B".repeat(1500);
    expect(decoded(portSession("port-forwarding-mux").clientOutput).slice(6)).toEqual([
      "synchronize 7",
      "synchronize 9",
      "push 7 charlie",
      "push 9 delta",
      "finish 7",
      "finish 9",
      "synchronize 11",
      `push 11 ${long}`,
      "finish 11",
    ]);
  });

  it("are the same however the bytes are cut", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 0, max: 300 })), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(encodeSmuxFrame));
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(decoded(chunks)).toEqual(sent.map(summary));
      }),
    );
  });

  it("are found byte by byte", () => {
    const bytes = Buffer.from("0100000003000000010205000300000068656c6c6f0101000003000000", "hex");
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    expect(decoded(single)).toEqual(["synchronize 3", "push 3 hello", "finish 3"]);
  });

  it("are given out when their last byte is there, not before", () => {
    const frame = Buffer.from("010205000300000068656c6c6f", "hex");
    for (let length = 0; length < frame.length; length++) {
      const decoder = new SmuxFrameDecoder();
      expect([...decoder.decode(frame.subarray(0, length))]).toEqual([]);
      expect([...decoder.decode(frame.subarray(length))].map(summary)).toEqual(["push 3 hello"]);
    }
  });

  it("hold up to 65 535 bytes", () => {
    const data = Buffer.alloc(65_535, "x");
    const bytes = encodeSmuxFrame({ command: smuxCommand.push, streamId: 3, data });
    const [frame] = [...new SmuxFrameDecoder().decode(bytes)];
    expect(Buffer.from(frame?.data ?? []).equals(data)).toBe(true);
  });

  it.each([
    ["another version", "0200000003000000"],
    ["an unknown command", "0104000003000000"],
    ["data where there is none", "0100010003000000"],
  ])("with %s are refused, after the good ones", (_, hex) => {
    const good = encodeSmuxFrame({ command: smuxCommand.finish, streamId: 3, data: new Uint8Array(0) });
    const seen: string[] = [];
    const read = () => {
      const bytes = Buffer.concat([good, Buffer.from(hex, "hex")]);
      for (const frame of new SmuxFrameDecoder().decode(bytes)) seen.push(summary(frame));
    };
    expect(read).toThrow(expect.objectContaining({ name: "ProtocolError", code: "frame-malformed" }));
    expect(seen).toEqual(["finish 3"]);
  });
});
