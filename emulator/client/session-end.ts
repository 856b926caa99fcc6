/**
 * How a session was over for its client.
 * `closed`: the server ended it, with AWS's text, which may be empty.
 * `timed-out`: it was gone when the client wanted to resume it.
 * `failed`: there is no way to connect or to resume, or the server or the consumer broke.
 * `left`: the client went away.
 */
export type SessionEnd =
  | { readonly type: "closed"; readonly output: string }
  | { readonly type: "timed-out" }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "left" };

/** An error in words, also where its message is empty, as when all addresses of a host refuse a connection. */
export function failureOf(error: unknown): SessionEnd & { readonly type: "failed" } {
  if (!(error instanceof Error)) return { type: "failed", message: String(error) };
  const code = "code" in error ? String(error.code) : error.name;
  return { type: "failed", message: error.message || code };
}
