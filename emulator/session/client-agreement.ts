import { ProtocolError } from "../errors.ts";
import { encodeEncryptionChallenge } from "../protocol/encryption-challenge.ts";
import { encodeHandshakeResponse, type HandshakeRequest } from "../protocol/handshake.ts";
import { decodeKmsParameters, kmsEncryptionAction } from "../protocol/kms-action.ts";
import { payloadType } from "../protocol/payload-type.ts";
import { ChannelCipher, channelKeys } from "./channel-cipher.ts";
import {
  answerHandshake,
  type ClientSession,
  type GeneratedDataKey,
  sessionWithoutHandshake,
} from "./client-handshake.ts";
import { type ClientOutput, clientOutput, isSealed, type ServerContent } from "./client-output.ts";

/** What a client says in its stream. */
export interface ClientPayload {
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

/** What follows from a handshake request. */
export type AgreementStep =
  | { readonly type: "answer"; readonly answer: ClientPayload }
  /** The answer waits for {@link ClientAgreement.onDataKey}. */
  | { readonly type: "data-key-wanted"; readonly kmsKeyId: string };

/**
 * What a client agrees on with its server: which session it is, and how it is encrypted. Before there is a data key,
 * and without one, everything stays clear.
 * @see data-channel reference, sections 7 and 14
 */
export class ClientAgreement {
  readonly #clientVersion: string;
  readonly #randomBytes: (length: number) => Uint8Array;
  #unanswered: HandshakeRequest | undefined;
  #proposal = sessionWithoutHandshake;
  #session: ClientSession | undefined;
  #cipher: ChannelCipher | undefined;

  constructor(clientVersion: string, randomBytes: (length: number) => Uint8Array) {
    this.#clientVersion = clientVersion;
    this.#randomBytes = randomBytes;
  }

  /** The session, once it has begun. */
  get session(): ClientSession | undefined {
    return this.#session;
  }

  /** A request is answered only when there is a data key, or a reason why there is none. */
  get isWaiting(): boolean {
    return this.#unanswered !== undefined;
  }

  /** @throws ProtocolError `frame-malformed` when it does not tell which key it wants */
  onRequest(request: HandshakeRequest): AgreementStep {
    const encryption = request.actions.find(({ actionType }) => actionType === kmsEncryptionAction);
    if (encryption === undefined) return { type: "answer", answer: this.#answer(request) };
    const { KMSKeyId: kmsKeyId } = decodeKmsParameters(encryption.parameters);
    this.#unanswered = request;
    return { type: "data-key-wanted", kmsKeyId };
  }

  /** The answer that has waited for this; undefined when none has. */
  onDataKey(dataKey: GeneratedDataKey): ClientPayload | undefined {
    const request = this.#unanswered;
    if (request === undefined) return undefined;
    this.#unanswered = undefined;
    if (dataKey.type === "data-key") {
      this.#cipher = new ChannelCipher(channelKeys(dataKey.plaintext, "client"), this.#randomBytes);
    }
    return this.#answer(request, dataKey);
  }

  /** The same challenge, encrypted by us. @throws ProtocolError `frame-malformed` without our data key */
  onChallenge(challenge: Uint8Array): ClientPayload {
    const cipher = this.#cipher;
    if (cipher === undefined) {
      throw new ProtocolError(
        "frame-malformed",
        "Expected an encryption challenge with a data key only, got one without",
      );
    }
    const answer = cipher.encrypt(cipher.decrypt(challenge));
    return {
      payloadType: payloadType.encryptionChallengeResponse,
      payload: encodeEncryptionChallenge(answer),
    };
  }

  /** Begins the session that was agreed on. */
  begin(customerMessage: string): ClientSession {
    this.#session = { ...this.#proposal, customerMessage };
    return this.#session;
  }

  /** A payload as it is sent. */
  seal(item: ClientPayload): Uint8Array {
    const isSecret = item.payloadType === payloadType.output;
    return (isSecret ? this.#cipher?.encrypt(item.payload) : undefined) ?? item.payload;
  }

  /** What was received. @throws ProtocolError `frame-malformed` when it is not encrypted as was agreed on */
  open(content: ServerContent): ClientOutput {
    const { payloadType, payload } = content;
    return clientOutput(
      payloadType,
      (isSealed(content) ? this.#cipher?.decrypt(payload) : undefined) ?? payload,
    );
  }

  #answer(request: HandshakeRequest, dataKey?: GeneratedDataKey): ClientPayload {
    const { response, session } = answerHandshake(request, this.#clientVersion, dataKey);
    this.#proposal = session;
    return { payloadType: payloadType.handshakeResponse, payload: encodeHandshakeResponse(response) };
  }
}
