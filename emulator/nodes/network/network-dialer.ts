import { connect } from "node:net";

/** What is asked of {@link Dialer}'s process. */
export interface DialRequest {
  readonly id: number;
  readonly address: string;
  readonly port: number;
}

/** With a socket, unless there is an error. */
export interface DialAnswer {
  readonly id: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A process in another network namespace: connects as it is told, hands the sockets over, and ends with who told it. */
process.on("message", ({ id, address, port }: DialRequest) => {
  const socket = connect({ host: address, port, noDelay: true });
  // What comes is read by who gets it.
  socket.pause();
  const fail = ({ code = "EINVAL", message }: NodeJS.ErrnoException) =>
    process.send?.({ id, error: { code, message } } satisfies DialAnswer);
  socket.once("error", fail).once("connect", () => {
    socket.off("error", fail).on("error", () => {});
    process.send?.({ id } satisfies DialAnswer, socket, { keepOpen: false });
  });
});
process.on("disconnect", () => process.exit());
