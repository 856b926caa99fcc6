import { describe, expect, it } from "vitest";
import { decodeHandshakeRequest, decodeHandshakeResponse } from "../../emulator/protocol/handshake.ts";
import {
  decodeKmsParameters,
  decodeKmsResult,
  encodeKmsParameters,
  encodeKmsResult,
  kmsEncryptionAction,
} from "../../emulator/protocol/kms-action.ts";
import agentSession from "../fixtures/data-channel/agent-kms-session.json" with { type: "json" };

const [request, response] = agentSession.payloads.map(({ payloadHex }) => Buffer.from(payloadHex, "hex"));
if (request === undefined || response === undefined) throw new Error("No recorded handshake");
const [generateDataKey, decrypt] = agentSession.apiCalls;

describe("the action KMSEncryption", () => {
  const asked = decodeHandshakeRequest(request).actions[1];
  const processed = decodeHandshakeResponse(response).actions[1];

  it("is asked for as by the agent", () => {
    expect(asked?.actionType).toBe(kmsEncryptionAction);
    const { KMSKeyId, Challenge } = decodeKmsParameters(asked?.parameters);
    expect(KMSKeyId).toBe(generateDataKey?.body.KeyId);
    const challenge = Buffer.from(Challenge, "base64");
    expect(challenge).toHaveLength(16);
    expect(encodeKmsParameters(KMSKeyId, challenge)).toEqual(asked?.parameters);
  });

  it("is answered as by the plugin", () => {
    const key = decodeKmsResult(processed?.result);
    expect(Buffer.from(key.cipherText).toString("base64")).toBe(decrypt?.body.CiphertextBlob);
    expect(key.challengeAcknowledged).toBe(false);
    expect(encodeKmsResult(key)).toEqual(processed?.result);
  });

  it("may acknowledge the challenge", () => {
    const key = { cipherText: Buffer.from("blob"), challengeAcknowledged: true };
    expect(encodeKmsResult(key)).toEqual({
      KMSCipherTextKey: "YmxvYg==",
      KMSCipherTextHash: null,
      ChallengeAcknowledgement: true,
    });
    expect(decodeKmsResult(encodeKmsResult(key))).toEqual(key);
  });

  it.each([null, undefined, [], "", { KMSCipherTextKey: 1 }, { KMSCipherTextKey: "?" }])(
    "is not answered by %j",
    (result) => {
      expect(() => decodeKmsResult(result)).toThrow(expect.objectContaining({ code: "frame-malformed" }));
    },
  );

  it.each([null, [], { KMSKeyId: 1 }, { Challenge: {} }])("is not asked for by %j", (parameters) => {
    expect(() => decodeKmsParameters(parameters)).toThrow(
      expect.objectContaining({ code: "frame-malformed" }),
    );
  });
});
