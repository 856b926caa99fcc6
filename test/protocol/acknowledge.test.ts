import { describe, expect, it } from "vitest";
import { decodeAcknowledge, encodeAcknowledge } from "../../emulator/protocol/acknowledge.ts";
import { agentPayload, payloadOf } from "./agent-payload.ts";

const acknowledge = {
  messageType: "input_stream_data",
  messageId: "00112233-4455-4677-8899-aabbccddeeff",
  sequenceNumber: 7,
};

describe("acknowledge", () => {
  it("is written as the agent writes it", () => {
    expect(encodeAcknowledge(acknowledge)).toEqual(agentPayload("agent-acknowledge"));
  });

  it("is read as it was written", () => {
    expect(decodeAcknowledge(encodeAcknowledge(acknowledge))).toEqual(acknowledge);
  });

  it("needs nothing but the sequence number", () => {
    const payload = payloadOf('{"AcknowledgedMessageSequenceNumber":3}');
    expect(decodeAcknowledge(payload)).toEqual({ messageType: "", messageId: "", sequenceNumber: 3 });
  });

  it.each([
    "",
    "null",
    "[]",
    "7",
    "{",
    "{}",
    '{"AcknowledgedMessageSequenceNumber":-1}',
    '{"AcknowledgedMessageSequenceNumber":1.5}',
    '{"AcknowledgedMessageSequenceNumber":"1"}',
    '{"AcknowledgedMessageSequenceNumber":1e300}',
  ])("is refused as %j", (text) => {
    expect(() => decodeAcknowledge(payloadOf(text))).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });
});
