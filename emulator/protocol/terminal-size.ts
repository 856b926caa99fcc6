import { decodeJsonObject, encodeJson, integerIn } from "./json-payload.ts";

/** A terminal's extent in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** `struct winsize` of the kernel holds unsigned shorts. */
const maxCharacters = 65_535;

/** @see data-channel reference, section 6 */
export function encodeTerminalSize(size: TerminalSize): Uint8Array {
  return encodeJson({ cols: size.columns, rows: size.rows });
}

/** @throws ProtocolError `frame-malformed` */
export function decodeTerminalSize(payload: Uint8Array): TerminalSize {
  const content = decodeJsonObject(payload, "a terminal size");
  return {
    columns: integerIn(content.cols, "cols", maxCharacters),
    rows: integerIn(content.rows, "rows", maxCharacters),
  };
}
