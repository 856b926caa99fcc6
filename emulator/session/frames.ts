import type { EpochMillis } from "../clock.ts";
import { type Acknowledge, encodeAcknowledge } from "../protocol/acknowledge.ts";
import { encodeAgentMessage, messageFlags } from "../protocol/agent-message.ts";
import { messageType } from "../protocol/message-type.ts";
import { payloadType } from "../protocol/payload-type.ts";

interface FrameOrigin {
  readonly messageId: string;
  readonly createdAt: EpochMillis;
}

interface StreamContent {
  readonly payloadType: number;
  readonly payload: Uint8Array;
  readonly sequenceNumber: number;
}

/** A frame of the stream from the server to the client. @see data-channel reference, section 4 */
export function outputStreamFrame(content: StreamContent, { messageId, createdAt }: FrameOrigin): Uint8Array {
  const flags = content.sequenceNumber === 0 ? messageFlags.syn : messageFlags.none;
  return encodeAgentMessage({
    messageType: messageType.outputStreamData,
    createdAt,
    flags,
    messageId,
    ...content,
  });
}

/** A frame of the stream from the client to the server. @see data-channel reference, section 4 */
export function inputStreamFrame(content: StreamContent, { messageId, createdAt }: FrameOrigin): Uint8Array {
  const flags = messageFlags.none;
  return encodeAgentMessage({
    messageType: messageType.inputStreamData,
    createdAt,
    flags,
    messageId,
    ...content,
  });
}

/** A frame that tells the sender of a message that it was taken. @see data-channel reference, section 4 */
export function acknowledgeFrame(
  acknowledge: Acknowledge,
  { messageId, createdAt }: FrameOrigin,
): Uint8Array {
  return encodeAgentMessage({
    messageType: messageType.acknowledge,
    createdAt,
    sequenceNumber: 0,
    flags: messageFlags.control,
    messageId,
    payloadType: payloadType.none,
    payload: encodeAcknowledge(acknowledge),
  });
}
