import { Buffer } from "node:buffer";
import type { ReceivedMessage } from "../protocol/agent-message.ts";
import { decodeEncryptionChallenge } from "../protocol/encryption-challenge.ts";
import { decodeFlag } from "../protocol/flag.ts";
import { decodeHandshakeResponse, type HandshakeResponse } from "../protocol/handshake.ts";
import { payloadType } from "../protocol/payload-type.ts";
import { decodeTerminalSize, type TerminalSize } from "../protocol/terminal-size.ts";

/** What a client says in its stream. */
export type ClientInput =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "size"; readonly size: TerminalSize }
  | { readonly type: "handshake-response"; readonly response: HandshakeResponse }
  /** The challenge, still sealed. */
  | { readonly type: "challenge-response"; readonly sealed: Uint8Array }
  | { readonly type: "flag"; readonly value: number }
  /** Taken and ignored, as by the agent. */
  | { readonly type: "unknown" };

/**
 * Reads a stream message on arrival, so that a bad one is refused before it has changed anything.
 * @throws ProtocolError `frame-malformed`
 */
export function decodeClientInput({ payloadType: type, payload }: ReceivedMessage): ClientInput {
  switch (type) {
    case payloadType.output:
      // A copy: bytes may wait for their turn, and a view would keep the socket's whole read buffer.
      return { type: "output", bytes: Buffer.from(payload) };
    case payloadType.size:
      return { type: "size", size: decodeTerminalSize(payload) };
    case payloadType.handshakeResponse:
      return { type: "handshake-response", response: decodeHandshakeResponse(payload) };
    case payloadType.encryptionChallengeResponse:
      return { type: "challenge-response", sealed: decodeEncryptionChallenge(payload) };
    case payloadType.flag:
      return { type: "flag", value: decodeFlag(payload) };
    default:
      return { type: "unknown" };
  }
}
