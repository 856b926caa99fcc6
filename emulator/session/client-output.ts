import { Buffer } from "node:buffer";
import { ProtocolError } from "../errors.ts";
import type { ReceivedMessage } from "../protocol/agent-message.ts";
import { decodeFlag } from "../protocol/flag.ts";
import {
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  type HandshakeComplete,
  type HandshakeRequest,
} from "../protocol/handshake.ts";
import { payloadType } from "../protocol/payload-type.ts";

/** What the consumer of a session is given, and is to take before the next. */
export type ClientOutput =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "stderr"; readonly bytes: Uint8Array }
  | { readonly type: "exit-code"; readonly code: number }
  | { readonly type: "flag"; readonly value: number };

/** What a server says in its stream. */
export type ServerMessage =
  | ClientOutput
  | { readonly type: "handshake-request"; readonly request: HandshakeRequest }
  | { readonly type: "handshake-complete"; readonly complete: HandshakeComplete }
  /** Only asked of a client that has agreed to encrypt. */
  | { readonly type: "encryption-challenge" };

/**
 * Reads a stream message on arrival, so that a bad one is refused before it has changed anything. Payloads of unknown
 * types are output, as in the plugin.
 * @throws ProtocolError `frame-malformed`
 * @see data-channel reference, section 6
 */
export function decodeServerMessage({ payloadType: type, payload }: ReceivedMessage): ServerMessage {
  switch (type) {
    case payloadType.handshakeRequest:
      return { type: "handshake-request", request: decodeHandshakeRequest(payload) };
    case payloadType.handshakeComplete:
      return { type: "handshake-complete", complete: decodeHandshakeComplete(payload) };
    case payloadType.encryptionChallengeRequest:
      return { type: "encryption-challenge" };
    case payloadType.flag:
      return { type: "flag", value: decodeFlag(payload) };
    case payloadType.standardError:
      return { type: "stderr", bytes: Buffer.from(payload) };
    case payloadType.exitCode:
      return { type: "exit-code", code: decodeExitCode(payload) };
    default:
      // A copy: bytes may wait for their turn, and a view would keep the socket's whole read buffer.
      return { type: "output", bytes: Buffer.from(payload) };
  }
}

function decodeExitCode(payload: Uint8Array): number {
  const text = Buffer.from(payload).toString();
  const code = /^EXIT_CODE: (-?\d{1,10})\s*$/.exec(text)?.[1];
  if (code !== undefined) return Number(code);
  throw new ProtocolError("frame-malformed", "Expected EXIT_CODE: and a number, got something else");
}
