import { describe, expect, it } from "vitest";
import {
  decodeEncryptionChallenge,
  encodeEncryptionChallenge,
} from "../../emulator/protocol/encryption-challenge.ts";
import agentSession from "../fixtures/data-channel/agent-kms-session.json" with { type: "json" };
import { payloadOf } from "./agent-payload.ts";

const recorded = agentSession.payloads
  .filter((payload) => payload.payloadType === 8 || payload.payloadType === 9)
  .map(({ dir, payloadHex }) => ({ dir, payload: Buffer.from(payloadHex, "hex") }));

describe("encryption challenge", () => {
  it.each(recorded)("is written as recorded: $dir", ({ payload }) => {
    const challenge = decodeEncryptionChallenge(payload);
    // 64 bytes, a nonce and a tag.
    expect(challenge).toHaveLength(92);
    expect(Buffer.from(encodeEncryptionChallenge(challenge))).toEqual(payload);
  });

  it.each([
    "",
    "[]",
    '{"Challenge":1}',
    '{"Challenge":"AAA"}',
    '{"Challenge":"A-_/"}',
    '{"Challenge":"A A="}',
  ])("is refused as %s", (text) => {
    expect(() => decodeEncryptionChallenge(payloadOf(text))).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });

  it("is empty where it is missing, as in Go", () => {
    expect(decodeEncryptionChallenge(payloadOf("{}"))).toHaveLength(0);
  });
});
