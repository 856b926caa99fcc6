import { connect } from "node:net";

/** What is asked of {@link DialerProcess}'s process. */
export interface DialRequest {
  readonly id: number;
  readonly address: string;
  readonly port: number;
}

/** What it answers: with a socket, unless there is an error. Once, at first, it says that it is there. */
export interface DialerWords {
  readonly id: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A process in another network namespace: connects as it is told, hands the sockets over, and ends with who told it. */
const say = (words: DialerWords, socket?: ReturnType<typeof connect>) =>
  process.send?.(words, socket, { keepOpen: false });

process.on("message", ({ id, address, port }: DialRequest) => {
  const socket = connect({ host: address, port, noDelay: true });
  // What comes is read by who gets it.
  socket.pause();
  const fail = ({ code = "EINVAL", message }: NodeJS.ErrnoException) => say({ id, error: { code, message } });
  socket.once("error", fail).once("connect", () => {
    socket.off("error", fail).on("error", () => {});
    say({ id }, socket);
  });
});
process.on("disconnect", () => process.exit());
say({ id: 0 });
