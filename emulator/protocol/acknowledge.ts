import { ProtocolError } from "../errors.ts";
import { decodeJsonObject, encodeJson, integerIn, textIn } from "./json-payload.ts";

/** Which message its receiver has taken. */
export interface Acknowledge {
  readonly messageType: string;
  readonly messageId: string;
  readonly sequenceNumber: number;
}

/** @see data-channel reference, section 6 */
export function encodeAcknowledge(acknowledge: Acknowledge): Uint8Array {
  return encodeJson({
    AcknowledgedMessageType: acknowledge.messageType,
    AcknowledgedMessageId: acknowledge.messageId,
    AcknowledgedMessageSequenceNumber: acknowledge.sequenceNumber,
    IsSequentialMessage: true,
  });
}

/**
 * Only the sequence number counts, so it alone must be there.
 * @throws ProtocolError `frame-malformed`
 */
export function decodeAcknowledge(payload: Uint8Array): Acknowledge {
  const content = decodeJsonObject(payload, "an acknowledge");
  const sequenceNumber = content.AcknowledgedMessageSequenceNumber;
  if (sequenceNumber === undefined) {
    throw new ProtocolError("frame-malformed", "Expected an AcknowledgedMessageSequenceNumber, got none");
  }
  return {
    messageType: textIn(content.AcknowledgedMessageType, "AcknowledgedMessageType"),
    messageId: textIn(content.AcknowledgedMessageId, "AcknowledgedMessageId"),
    sequenceNumber: integerIn(sequenceNumber, "AcknowledgedMessageSequenceNumber"),
  };
}
