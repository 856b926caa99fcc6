import { isoMillis } from "../iso-date.ts";
import { encodeAgentMessage, messageFlags } from "./agent-message.ts";
import { decodeJsonObject, encodeJson, textIn } from "./json-payload.ts";
import { messageType } from "./message-type.ts";
import { payloadType } from "./payload-type.ts";

/** The service's last word on a session; on reading it the plugin prints `output` and exits. */
export interface ChannelClosed {
  /** Hyphenated UUID. */
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly sessionId: string;
  /** The client it is for. */
  readonly destinationId: string;
  /** Empty for a normal end. */
  readonly output: string;
}

/**
 * The whole frame, good at any time after the token frame, handshake or not: it is outside of the streams.
 * @see data-channel reference, sections 6, 12 and 13
 */
export function encodeChannelClosed(closed: ChannelClosed): Uint8Array {
  const { messageId, createdAt } = closed;
  return encodeAgentMessage({
    messageType: messageType.channelClosed,
    createdAt,
    sequenceNumber: 0,
    flags: messageFlags.control,
    messageId,
    payloadType: payloadType.none,
    payload: encodeJson({
      MessageId: messageId,
      CreatedDate: isoMillis(createdAt),
      DestinationId: closed.destinationId,
      SessionId: closed.sessionId,
      MessageType: messageType.channelClosed,
      SchemaVersion: 1,
      Output: closed.output,
    }),
  });
}

/**
 * What a client reads of the payload.
 * @throws ProtocolError `frame-malformed`
 */
export function decodeChannelClosed(payload: Uint8Array): Pick<ChannelClosed, "sessionId" | "output"> {
  const content = decodeJsonObject(payload, "a closing message");
  return {
    sessionId: textIn(content.SessionId, "SessionId"),
    output: textIn(content.Output, "Output"),
  };
}
