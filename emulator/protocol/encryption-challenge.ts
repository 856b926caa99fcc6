import { base64In, encodeBase64 } from "./base64.ts";
import { decodeJsonObject, encodeJson } from "./json-payload.ts";

/**
 * Payload of both EncChallengeRequest and EncChallengeResponse; `challenge` is encrypted already.
 * @see data-channel reference, sections 6 and 14
 */
export function encodeEncryptionChallenge(challenge: Uint8Array): Uint8Array {
  return encodeJson({ Challenge: encodeBase64(challenge) });
}

/** The challenge, still encrypted. @throws ProtocolError `frame-malformed` */
export function decodeEncryptionChallenge(payload: Uint8Array): Uint8Array {
  return base64In(decodeJsonObject(payload, "an encryption challenge").Challenge, "Challenge");
}
