import { describe, expect, it } from "vitest";
import { decodeOpenDataChannel, encodeOpenDataChannel } from "../../emulator/protocol/open-data-channel.ts";
import { payloadOf } from "./agent-payload.ts";

describe("open data channel", () => {
  it("is written and read as the plugin writes it", () => {
    // Scenario standard-stream-shell, frame 0.
    const frame = payloadOf(
      '{"MessageSchemaVersion":"1.0","RequestId":"dbeb987d-b332-403e-b6b6-f5a14de9cfed","TokenValue":"61P7cEge6B9rliALr5DfQx+XmdWGxd1N","ClientId":"8dce47d6-03bb-4c49-9392-1c1765bc1dfd","ClientVersion":"1.2.0.0"}',
    );
    const open = {
      requestId: "dbeb987d-b332-403e-b6b6-f5a14de9cfed",
      tokenValue: "61P7cEge6B9rliALr5DfQx+XmdWGxd1N",
      clientId: "8dce47d6-03bb-4c49-9392-1c1765bc1dfd",
      clientVersion: "1.2.0.0",
    };
    expect(encodeOpenDataChannel(open)).toEqual(frame);
    expect(decodeOpenDataChannel(frame)).toEqual(open);
  });

  it("needs nothing but the token", () => {
    expect(decodeOpenDataChannel(payloadOf('{"TokenValue":"t"}'))).toEqual({
      requestId: "",
      tokenValue: "t",
      clientId: undefined,
      clientVersion: undefined,
    });
  });

  it.each(["", "{}", '"token"', '{"TokenValue":""}', '{"TokenValue":1}', '{"TokenValue":"t","ClientId":1}'])(
    "is refused as %j",
    (text) => {
      expect(() => decodeOpenDataChannel(payloadOf(text))).toThrow(
        expect.objectContaining({ code: "frame-malformed" }),
      );
    },
  );

  it("is refused beyond 64 KiB", () => {
    const frame = payloadOf(JSON.stringify({ TokenValue: "t".repeat(64 * 1024) }));
    expect(() => decodeOpenDataChannel(frame)).toThrow(expect.objectContaining({ code: "frame-too-large" }));
  });
});
