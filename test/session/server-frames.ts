import { encodeAcknowledge } from "../../emulator/protocol/acknowledge.ts";
import { encodeChannelClosed } from "../../emulator/protocol/channel-closed.ts";
import { encodeFlag } from "../../emulator/protocol/flag.ts";
import {
  type ClientAction,
  encodeHandshakeComplete,
  encodeHandshakeRequest,
} from "../../emulator/protocol/handshake.ts";
import { encodeKmsParameters } from "../../emulator/protocol/kms-action.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { clientFrame, messageId } from "./client-frames.ts";

/** A frame as a server sends it; the layout is the same for both ends. */
export function serverFrame(
  sequenceNumber: number,
  type: number,
  payload: Uint8Array,
  messageType = "output_stream_data",
): Uint8Array {
  return clientFrame(sequenceNumber, type, payload, messageType);
}

export function outputFrame(sequenceNumber: number, text: string): Uint8Array {
  return serverFrame(sequenceNumber, payloadType.output, Buffer.from(text));
}

export function flagFrameOf(sequenceNumber: number, value: number): Uint8Array {
  return serverFrame(sequenceNumber, payloadType.flag, encodeFlag(value));
}

export function requestFrame(
  sequenceNumber: number,
  actions: readonly ClientAction[],
  agentVersion = "3.3.1957.0",
): Uint8Array {
  const request = encodeHandshakeRequest({ agentVersion, actions });
  return serverFrame(sequenceNumber, payloadType.handshakeRequest, request);
}

export function completeFrame(sequenceNumber: number): Uint8Array {
  const complete = encodeHandshakeComplete({ timeToCompleteNs: 1, customerMessage: "" });
  return serverFrame(sequenceNumber, payloadType.handshakeComplete, complete);
}

export function serverAcknowledge(sequenceNumber: number): Uint8Array {
  const acknowledge = { messageType: "input_stream_data", messageId, sequenceNumber };
  return serverFrame(0, payloadType.none, encodeAcknowledge(acknowledge), "acknowledge");
}

export function closedFrame(output: string): Uint8Array {
  return encodeChannelClosed({ messageId, createdAt: 1, sessionId: "s", destinationId: "c", output });
}

/** What an agent asks at the start of a shell or a port session. */
export function sessionTypeAction(sessionType: string, properties: unknown = null): ClientAction {
  return {
    actionType: "SessionType",
    parameters: { SessionType: sessionType, Properties: properties },
  };
}

/** What an agent asks for when its session is to be encrypted. */
export function kmsAction(kmsKeyId: string): ClientAction {
  return { actionType: "KMSEncryption", parameters: encodeKmsParameters(kmsKeyId, Buffer.alloc(16, 1)) };
}
