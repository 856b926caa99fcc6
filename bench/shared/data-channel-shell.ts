import { randomUUID } from "node:crypto";
import type { StartSessionCommandOutput } from "@aws-sdk/client-ssm";
import { WebSocket } from "ws";
import {
  decodeAgentMessage,
  encodeAgentMessage,
  messageFlags,
  type ReceivedMessage,
} from "../../emulator/protocol/agent-message.ts";
import {
  actionStatus,
  decodeHandshakeRequest,
  encodeHandshakeResponse,
} from "../../emulator/protocol/handshake.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { encodeOpenDataChannel } from "../../emulator/protocol/open-data-channel.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { encodeTerminalSize } from "../../emulator/protocol/terminal-size.ts";
import { acknowledgeFrame } from "../../emulator/session/frames.ts";
import { leave, type Shell } from "./shell.ts";

const clientVersion = "1.2.0.0";

export interface DataChannelShell extends Shell {
  readonly closed: Promise<void>;
}

/**
 * The least client that does what the plugin does: it shakes hands, tells its size, acknowledges, and takes each frame
 * once. So a session can be measured without the cost of the plugin's process.
 */
export function openDataChannel(start: StartSessionCommandOutput): DataChannelShell {
  const socket = new WebSocket(start.StreamUrl ?? "", { perMessageDeflate: false });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  let sent = 0;
  let taken = 0;
  const send = (type: number, payload: Uint8Array) => {
    const message = {
      messageType: messageType.inputStreamData,
      createdAt: Date.now(),
      sequenceNumber: sent,
      flags: sent === 0 ? messageFlags.syn : messageFlags.none,
      messageId: randomUUID(),
      payloadType: type,
      payload,
    };
    sent += 1;
    socket.send(encodeAgentMessage(message));
  };
  const shell: DataChannelShell = {
    closed,
    onOutput: () => {},
    type: (text) => send(payloadType.output, Buffer.from(text)),
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.OPEN) shell.type(leave);
      await closed;
    },
  };
  const take = (message: ReceivedMessage) => {
    switch (message.payloadType) {
      case payloadType.handshakeRequest:
        send(payloadType.handshakeResponse, agreeTo(message.payload));
        break;
      case payloadType.handshakeComplete:
        send(payloadType.size, encodeTerminalSize({ columns: 80, rows: 24 }));
        break;
      case payloadType.output:
        shell.onOutput(Buffer.from(message.payload).toString("latin1"));
        break;
    }
  };
  socket.on("open", () => {
    const { TokenValue: tokenValue = "" } = start;
    const open = { requestId: randomUUID(), tokenValue, clientId: randomUUID(), clientVersion };
    socket.send(encodeOpenDataChannel(open).toString(), { binary: false });
  });
  socket.on("message", (frame: Buffer) => {
    const message = decodeAgentMessage(frame);
    if (message.messageType === messageType.channelClosed) socket.close();
    if (message.messageType !== messageType.outputStreamData) return;
    socket.send(acknowledgeFrame(message, { messageId: randomUUID(), createdAt: Date.now() }));
    if (message.sequenceNumber !== taken) return;
    taken += 1;
    take(message);
  });
  return shell;
}

function agreeTo(request: Uint8Array): Uint8Array {
  const { actions } = decodeHandshakeRequest(request);
  return encodeHandshakeResponse({
    clientVersion,
    actions: actions.map(({ actionType }) => ({
      actionType,
      status: actionStatus.success,
      result: null,
      error: "",
    })),
    errors: [],
  });
}
