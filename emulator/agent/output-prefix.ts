/** As the agent reads a pipe: a piece and its prefix fill one payload. @see agent-behaviour reference, section 6 */
const maxPieceBytes = 1024;
const newline = 0x0a;

/**
 * Puts a prefix ahead of the first piece of an output, and ahead of each piece after one that ended a line. A piece is what
 * the agent reads at once: at most so much that it fits a payload together with the prefix.
 * @see agent-behaviour reference, section 2.7; amazon-ssm-agent `agent/session/shell/shell.go`, setupRoutineToWriteCmdPipelineOutput
 */
export class OutputPrefix {
  readonly #prefix: Buffer;
  #isDue = true;

  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix);
  }

  /** The bytes with the prefix where it is due; the same bytes when there is none. */
  put(bytes: Uint8Array): Uint8Array {
    if (this.#prefix.length === 0) return bytes;
    const parts: Uint8Array[] = [];
    const pieceBytes = maxPieceBytes - this.#prefix.length;
    for (let start = 0; start < bytes.length; start += pieceBytes) {
      const piece = bytes.subarray(start, start + pieceBytes);
      if (this.#isDue) parts.push(this.#prefix);
      parts.push(piece);
      this.#isDue = piece.at(-1) === newline;
    }
    return Buffer.concat(parts);
  }
}
