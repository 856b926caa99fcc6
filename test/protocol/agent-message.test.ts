import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../emulator/errors.ts";
import {
  type AgentMessage,
  decodeAgentMessage,
  encodeAgentMessage,
  maxClientFrameBytes,
  verifyDigest,
} from "../../emulator/protocol/agent-message.ts";
import agentFrames from "../fixtures/data-channel/agent-frames.json" with { type: "json" };

/** Some recorded control messages carry their fixed inputs in another shape; all have these. */
const frames = agentFrames.frames.map(({ name, hex, decoded }) => ({
  name,
  frame: Buffer.from(hex, "hex"),
  decoded,
}));
const tooLong = "agent-max-seq";

/** `agent-output` of the recorded frames. */
const output: AgentMessage = {
  messageType: "output_stream_data",
  createdAt: 1_700_000_000_123,
  sequenceNumber: 2,
  flags: 0,
  messageId: "00112233-4455-4677-8899-aabbccddeeff",
  payloadType: 1,
  payload: Buffer.from("hello from agent\r\n"),
};
const outputHex = [
  "00000074",
  "6f75747075745f73747265616d5f646174612020202020202020202020202020",
  "00000001",
  "0000018bcfe5687b",
  "0000000000000002",
  "0000000000000000",
  "8899aabbccddeeff0011223344554677",
  "08a3c92145db95ad1be6ce3e689fa34b2293d55d084011a3dc241c86e83afb40",
  "00000001",
  "00000012",
  "68656c6c6f2066726f6d206167656e740d0a",
].join("");

function changed(change: (frame: Buffer) => void): Buffer {
  const frame = Buffer.from(outputHex, "hex");
  change(frame);
  return frame;
}

function codeOf(decode: () => unknown): string {
  try {
    decode();
    return "none";
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
}

describe("encodeAgentMessage", () => {
  it("writes the agent's bytes", () => {
    expect(Buffer.from(encodeAgentMessage(output)).toString("hex")).toBe(outputHex);
  });

  it.each(frames.filter(({ name }) => name !== tooLong))("writes what it read: $name", ({ frame }) => {
    expect(Buffer.from(encodeAgentMessage(decodeAgentMessage(frame))).equals(frame)).toBe(true);
  });

  it("writes an empty payload, which the plugin acknowledges", () => {
    const frame = encodeAgentMessage({ ...output, payload: new Uint8Array(0) });
    expect(decodeAgentMessage(frame).payload).toHaveLength(0);
  });

  it("refuses a message id that is no UUID", () => {
    expect(() => encodeAgentMessage({ ...output, messageId: "1234" })).toThrow(TypeError);
  });
});

describe("decodeAgentMessage", () => {
  it.each(frames.filter(({ name }) => name !== tooLong))(
    "reads the header of $name",
    ({ frame, decoded }) => {
      const message = decodeAgentMessage(frame);
      expect(message).toMatchObject({
        messageType: decoded.messageType,
        createdAt: decoded.createdDate,
        sequenceNumber: decoded.sequenceNumber,
        flags: decoded.flags,
        messageId: decoded.messageId,
        payloadType: decoded.payloadType,
      });
      expect(message.payload).toHaveLength(decoded.payloadLength);
      expect(Buffer.from(message.payloadDigest).toString("hex")).toBe(decoded.payloadDigest);
    },
  );

  it("gives back any message that was encoded", () => {
    const messages = fc.record({
      messageType: fc.constantFrom("input_stream_data", "acknowledge", "agent_session_state"),
      createdAt: fc.nat(Number.MAX_SAFE_INTEGER),
      sequenceNumber: fc.nat(Number.MAX_SAFE_INTEGER),
      flags: fc.nat(3),
      messageId: fc.uuid(),
      payloadType: fc.nat(0xffff_ffff),
      payload: fc.uint8Array({ maxLength: 3_000 }),
    });
    fc.assert(
      fc.property(messages, (message) => {
        const decoded = decodeAgentMessage(encodeAgentMessage(message));
        expect(decoded).toMatchObject({ ...message, payload: Buffer.from(message.payload) });
        expect(verifyDigest(decoded)).toBe(true);
      }),
    );
  });

  it("refuses every proper prefix of a frame", () => {
    const frame = Buffer.from(outputHex, "hex");
    for (let length = 0; length < frame.length; length++) {
      expect(codeOf(() => decodeAgentMessage(frame.subarray(0, length)))).toBe("frame-malformed");
    }
  });

  it.each([
    ["a header shorter than ours", (frame: Buffer) => frame.writeUInt32BE(115, 0)],
    ["a header beyond the frame", (frame: Buffer) => frame.writeUInt32BE(outputHex.length / 2 - 3, 0)],
    ["the largest header", (frame: Buffer) => frame.writeUInt32BE(0xffff_ffff, 0)],
    ["a negative sequence number", (frame: Buffer) => frame.writeBigInt64BE(-1n, 48)],
    ["a sequence number above 2^53 - 1", (frame: Buffer) => frame.writeBigInt64BE(2n ** 53n, 48)],
  ])("refuses %s", (_name, change) => {
    expect(codeOf(() => decodeAgentMessage(changed(change)))).toBe("frame-malformed");
  });

  it("refuses the agent's own frame with a sequence number above 2^53", () => {
    const frame = frames.find(({ name }) => name === tooLong)?.frame ?? Buffer.alloc(0);
    expect(() => decodeAgentMessage(frame)).toThrow("Expected a sequence number from 0 to 9007199254740991");
  });

  it("refuses a frame beyond the limit", () => {
    const atLimit = encodeAgentMessage({ ...output, payload: new Uint8Array(maxClientFrameBytes - 120) });
    const above = encodeAgentMessage({ ...output, payload: new Uint8Array(maxClientFrameBytes - 119) });
    expect(codeOf(() => decodeAgentMessage(atLimit))).toBe("none");
    expect(codeOf(() => decodeAgentMessage(above))).toBe("frame-too-large");
  });

  it("never throws anything but a ProtocolError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (frame) => {
        expect(codeOf(() => decodeAgentMessage(frame))).toMatch(/^(none|frame-malformed)$/);
      }),
    );
  });

  it("takes a payload longer than declared", () => {
    const { payload } = decodeAgentMessage(changed((frame) => frame.writeUInt32BE(0, 116)));
    expect(Buffer.from(payload).toString()).toBe("hello from agent\r\n");
  });

  it("takes a longer header, whose payload begins later", () => {
    const frame = Buffer.from(outputHex, "hex");
    const longer = Buffer.concat([frame.subarray(0, 116), Buffer.alloc(4), frame.subarray(116)]);
    longer.writeUInt32BE(120, 0);
    expect(Buffer.from(decodeAgentMessage(longer).payload).toString()).toBe("hello from agent\r\n");
  });

  it.each([
    ["NULs in front", "input_stream_data".padStart(32, "\0")],
    ["NULs behind", "input_stream_data".padEnd(32, "\0")],
    ["spaces behind", "input_stream_data".padEnd(32)],
    ["both on both sides", " \0 input_stream_data\0 \0".padEnd(32, "\0")],
  ])("strips %s from the message type", (_name, padded) => {
    const { messageType } = decodeAgentMessage(changed((frame) => frame.write(padded, 4, "latin1")));
    expect(messageType).toBe("input_stream_data");
  });

  it("reads a frame of the npm package ssm-session, wrong digest and all", () => {
    const { ssm } = createRequire(import.meta.url)("ssm-session") as {
      readonly ssm: { buildInputMessage(text: string, sequenceNumber: number): Uint8Array };
    };
    const message = decodeAgentMessage(ssm.buildInputMessage("ls\r", 7));
    expect(message).toMatchObject({ messageType: "input_stream_data", sequenceNumber: 7, payloadType: 1 });
    expect(Buffer.from(message.payload).toString()).toBe("ls\r");
    expect(verifyDigest(message)).toBe(false);
  });
});

describe("verifyDigest", () => {
  it("tells whether the payload is the one that was digested", () => {
    expect(verifyDigest(decodeAgentMessage(changed(() => {})))).toBe(true);
    expect(verifyDigest(decodeAgentMessage(changed((frame) => frame.write("H", 120))))).toBe(false);
  });
});
