/** How a service writes its errors. @see aws-api reference, section 1.1 */
export type ErrorFamily = "json" | "query" | "ec2" | "s3";

/** An answer ready for the socket. */
export interface Answer {
  readonly status: number;
  /** Undefined: the answer has no body. */
  readonly contentType: string | undefined;
  readonly body: string;
}
