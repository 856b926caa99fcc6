import { base64In, encodeBase64 } from "./base64.ts";
import { objectIn, textIn } from "./json-payload.ts";

/** Name of the action with which an agent asks its client for a data key. */
export const kmsEncryptionAction = "KMSEncryption";

/** Parameters of the action, as they stand in a handshake request. */
export interface KmsParameters {
  readonly KMSKeyId: string;
  /** Base64 of 16 random bytes, which a newer client puts into the key's encryption context. */
  readonly Challenge: string;
}

/** Result of the action, as it stands in a handshake response. */
export interface KmsResult {
  /** Base64. */
  readonly KMSCipherTextKey: string;
  readonly KMSCipherTextHash: null;
  readonly ChallengeAcknowledgement?: true;
}

/** What a client answers to the action. */
export interface EncryptedDataKey {
  readonly cipherText: Uint8Array;
  /** The client has put the challenge into the key's encryption context. */
  readonly challengeAcknowledged: boolean;
}

/** @see data-channel reference, section 6 */
export function encodeKmsParameters(kmsKeyId: string, challenge: Uint8Array): KmsParameters {
  return { KMSKeyId: kmsKeyId, Challenge: encodeBase64(challenge) };
}

/** The challenge is left as it is: text, to be returned or ignored. @throws ProtocolError `frame-malformed` */
export function decodeKmsParameters(parameters: unknown): KmsParameters {
  const members = objectIn(parameters, "parameters of KMSEncryption");
  return {
    KMSKeyId: textIn(members.KMSKeyId, "KMSKeyId"),
    Challenge: textIn(members.Challenge, "Challenge"),
  };
}

/** @see data-channel reference, section 6 */
export function encodeKmsResult({ cipherText, challengeAcknowledged }: EncryptedDataKey): KmsResult {
  return {
    KMSCipherTextKey: encodeBase64(cipherText),
    KMSCipherTextHash: null,
    ...(challengeAcknowledged && { ChallengeAcknowledgement: true }),
  };
}

/** @throws ProtocolError `frame-malformed` */
export function decodeKmsResult(result: unknown): EncryptedDataKey {
  const members = objectIn(result, "a result of KMSEncryption");
  return {
    cipherText: base64In(members.KMSCipherTextKey, "KMSCipherTextKey"),
    challengeAcknowledged: members.ChallengeAcknowledgement === true,
  };
}
