/** An answer ready for the socket. */
export interface Answer {
  readonly status: number;
  /** Undefined: the answer has no body. */
  readonly contentType: string | undefined;
  readonly body: string;
}
