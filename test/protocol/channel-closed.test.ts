import { describe, expect, it } from "vitest";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeChannelClosed, encodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";

const closed = {
  messageId: "e05479cf-bad6-4aa4-a350-7402d8589186",
  createdAt: 1_795_462_357_012,
  sessionId: "operator-0123456789abcdef0",
  destinationId: "8dce47d6-03bb-4c49-9392-1c1765bc1dfd",
  output: "",
};

describe("channel_closed", () => {
  it("holds what the plugin was seen to accept", () => {
    const message = decodeAgentMessage(encodeChannelClosed(closed));
    expect(message).toMatchObject({
      messageType: "channel_closed",
      flags: 3,
      sequenceNumber: 0,
      payloadType: 0,
    });
    // Scenario standard-stream-shell, frame 47.
    expect(Buffer.from(message.payload).toString()).toBe(
      '{"MessageId":"e05479cf-bad6-4aa4-a350-7402d8589186","CreatedDate":"2026-11-23T19:32:37.012Z","DestinationId":"8dce47d6-03bb-4c49-9392-1c1765bc1dfd","SessionId":"operator-0123456789abcdef0","MessageType":"channel_closed","SchemaVersion":1,"Output":""}',
    );
  });

  it("gives a client its output", () => {
    const { payload } = decodeAgentMessage(encodeChannelClosed({ ...closed, output: "no such user é\n" }));
    expect(decodeChannelClosed(payload)).toEqual({ sessionId: closed.sessionId, output: "no such user é\n" });
  });
});
