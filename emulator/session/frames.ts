import type { EpochMillis } from "../clock.ts";
import { type Acknowledge, encodeAcknowledge } from "../protocol/acknowledge.ts";
import { encodeAgentMessage, messageFlags } from "../protocol/agent-message.ts";
import { messageType } from "../protocol/message-type.ts";
import { payloadType } from "../protocol/payload-type.ts";

interface FrameOrigin {
  readonly messageId: string;
  readonly createdAt: EpochMillis;
}

/** A frame of the stream from the server to the client. @see data-channel reference, section 4 */
export function outputStreamFrame(
  content: { readonly payloadType: number; readonly payload: Uint8Array; readonly sequenceNumber: number },
  { messageId, createdAt }: FrameOrigin,
): Uint8Array {
  return encodeAgentMessage({
    messageType: messageType.outputStreamData,
    createdAt,
    sequenceNumber: content.sequenceNumber,
    flags: content.sequenceNumber === 0 ? messageFlags.syn : messageFlags.none,
    messageId,
    payloadType: content.payloadType,
    payload: content.payload,
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
