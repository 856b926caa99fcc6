import { encodeAcknowledge } from "../../emulator/protocol/acknowledge.ts";
import { decodeAgentMessage, encodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeFlag, encodeFlag } from "../../emulator/protocol/flag.ts";
import { encodeHandshakeResponse, type HandshakeResponse } from "../../emulator/protocol/handshake.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { encodeTerminalSize } from "../../emulator/protocol/terminal-size.ts";
import type { DataChannelEffect } from "../../emulator/session/data-channel.ts";

export const messageId = "00112233-4455-4677-8899-aabbccddeeff";

/** A frame as a client sends it. */
export function clientFrame(
  sequenceNumber: number,
  type: number,
  payload: Uint8Array,
  messageType = "input_stream_data",
): Uint8Array {
  return encodeAgentMessage({
    messageType,
    createdAt: 1,
    sequenceNumber,
    flags: 0,
    messageId,
    payloadType: type,
    payload,
  });
}

export function inputFrame(sequenceNumber: number, text: string): Uint8Array {
  return clientFrame(sequenceNumber, payloadType.output, Buffer.from(text));
}

export function sizeFrame(sequenceNumber: number, columns: number, rows: number): Uint8Array {
  return clientFrame(sequenceNumber, payloadType.size, encodeTerminalSize({ columns, rows }));
}

export function flagFrame(sequenceNumber: number, value: number): Uint8Array {
  return clientFrame(sequenceNumber, payloadType.flag, encodeFlag(value));
}

export function responseFrame(sequenceNumber: number, status = 1, error = ""): Uint8Array {
  const action = { actionType: "SessionType", status, result: null, error };
  return responseFrameOf(sequenceNumber, { actions: [action] });
}

/** A client's answer to the handshake request; one that did all it was asked for, with these changes. */
export function responseFrameOf(sequenceNumber: number, changes: Partial<HandshakeResponse>): Uint8Array {
  const action = { actionType: "SessionType", status: 1, result: null, error: "" };
  const response = { clientVersion: "1.2.707.0", actions: [action], errors: [], ...changes };
  return clientFrame(sequenceNumber, payloadType.handshakeResponse, encodeHandshakeResponse(response));
}

export function acknowledgeFrameOf(sequenceNumber: number): Uint8Array {
  const acknowledge = { messageType: "output_stream_data", messageId, sequenceNumber };
  return clientFrame(0, payloadType.none, encodeAcknowledge(acknowledge), "acknowledge");
}

const payloadNames: Readonly<Record<number, string>> = {
  [payloadType.output]: "output",
  [payloadType.handshakeRequest]: "request",
  [payloadType.handshakeComplete]: "complete",
  [payloadType.encryptionChallengeRequest]: "challenge",
  [payloadType.flag]: "flag",
  [payloadType.standardError]: "stderr",
  [payloadType.exitCode]: "exit-code",
};
const textTypes: readonly number[] = [payloadType.output, payloadType.standardError, payloadType.exitCode];

/** Effects in one line each: `ack 0`, `output 2 hello`, `resize 90x30`. */
export function summary(effects: readonly DataChannelEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case "send":
        return summaryOfFrame(effect.frame);
      case "input":
        return `input ${Buffer.from(effect.bytes).toString()}`;
      case "resize":
        return `resize ${effect.columns}x${effect.rows}`;
      case "client-ready":
        return `client-ready ${effect.clientVersion}`;
      case "flag":
        return `flag ${effect.value}`;
      case "failed":
        return `failed ${effect.reason}`;
      default:
        return effect.type;
    }
  });
}

function summaryOfFrame(frame: Uint8Array): string {
  const message = decodeAgentMessage(frame);
  const text = Buffer.from(message.payload).toString();
  switch (message.messageType) {
    case "acknowledge":
      return `ack ${JSON.parse(text).AcknowledgedMessageSequenceNumber}`;
    case "channel_closed":
      return `channel_closed ${JSON.parse(text).Output}`.trimEnd();
    default: {
      const name = payloadNames[message.payloadType] ?? "?";
      const content = textTypes.includes(message.payloadType) ? text : flagIn(message);
      return `${name} ${message.sequenceNumber} ${content}`.trimEnd();
    }
  }
}

function flagIn({ payloadType: type, payload }: ReturnType<typeof decodeAgentMessage>): string {
  return type === payloadType.flag ? `${decodeFlag(payload)}` : "";
}
