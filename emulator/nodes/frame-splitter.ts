/** How a stream of frames says where they end. */
export interface FrameFormat<Head> {
  readonly headBytes: number;
  /** @returns what the head says, and the number of bytes that follow it */
  readonly readHead: (bytes: Buffer) => { readonly head: Head; readonly length: number };
}

/** Cuts a stream into its frames' payloads. They are handed over in pieces, as they come, so that nothing is copied. */
export class FrameSplitter<Head> {
  readonly #format: FrameFormat<Head>;
  readonly #onPiece: (head: Head, piece: Buffer, isLast: boolean) => void;
  /** The beginning of a head. */
  #rest: Buffer = Buffer.alloc(0);
  #frame: { readonly head: Head; missing: number } | undefined;

  constructor(format: FrameFormat<Head>, onPiece: (head: Head, piece: Buffer, isLast: boolean) => void) {
    this.#format = format;
    this.#onPiece = onPiece;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#frame === undefined) {
        const { headBytes, readHead } = this.#format;
        if (bytes.length < headBytes) break;
        const { head, length } = readHead(bytes);
        this.#frame = { head, missing: length };
        bytes = bytes.subarray(headBytes);
      }
      const frame = this.#frame;
      if (bytes.length === 0 && frame.missing > 0) break;
      const piece = bytes.subarray(0, frame.missing);
      bytes = bytes.subarray(piece.length);
      frame.missing -= piece.length;
      if (frame.missing === 0) this.#frame = undefined;
      this.#onPiece(frame.head, piece, frame.missing === 0);
    }
    this.#rest = bytes;
  }
}
