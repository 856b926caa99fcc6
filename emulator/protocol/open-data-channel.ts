import { ProtocolError } from "../errors.ts";
import { decodeJsonObject, encodeJson, textIn } from "./json-payload.ts";

/** A client's first frame, the only one that is text. */
export interface OpenDataChannel {
  /** Fresh for each connection. */
  readonly requestId: string;
  readonly tokenValue: string;
  /** One per plugin process, the same after a resume; `ssm-session` sends none. */
  readonly clientId: string | undefined;
  /** Absent from plugins up to 1.2.650.0. */
  readonly clientVersion: string | undefined;
}

/** Room for a token of any length AWS has been seen to issue, many times over. */
const maxOpenFrameBytes = 64 * 1024;

/** @see data-channel reference, section 3 */
export function encodeOpenDataChannel(open: OpenDataChannel): Uint8Array {
  return encodeJson({
    MessageSchemaVersion: "1.0",
    RequestId: open.requestId,
    TokenValue: open.tokenValue,
    ClientId: open.clientId,
    ClientVersion: open.clientVersion,
  });
}

/**
 * Only the token must be there.
 * @throws ProtocolError `frame-too-large` or `frame-malformed`
 */
export function decodeOpenDataChannel(frame: Uint8Array): OpenDataChannel {
  if (frame.length > maxOpenFrameBytes) {
    throw new ProtocolError(
      "frame-too-large",
      `Expected at most ${maxOpenFrameBytes} bytes, got ${frame.length}`,
    );
  }
  const content = decodeJsonObject(frame, "a frame with a token");
  const tokenValue = textIn(content.TokenValue, "TokenValue");
  if (tokenValue === "") throw new ProtocolError("frame-malformed", "Expected a TokenValue, got none");
  return {
    requestId: textIn(content.RequestId, "RequestId"),
    tokenValue,
    clientId: optionalText(content.ClientId, "ClientId"),
    clientVersion: optionalText(content.ClientVersion, "ClientVersion"),
  };
}

function optionalText(value: unknown, name: string): string | undefined {
  return textIn(value, name) || undefined;
}
