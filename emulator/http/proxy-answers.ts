import type { Socket } from "node:net";

/** The answer that opens a tunnel. @see RFC 9110 section 9.3.6 */
export const tunnelOpened = "HTTP/1.1 200 Connection Established\r\n\r\n";

/** How long a refused client may take to read why and go. */
const lingerMs = 1_000;

/** Statuses with the phrase that proxy clients show instead of the text: curl, Go and Python drop the body. */
const phrases = {
  400: "Malformed proxy request",
  403: "Not an AWS host that ssm-emulator emulates",
  502: "Host cannot be reached",
  503: "Too many proxy connections",
} as const;

export function otherHostText(authority: string): string {
  return (
    `ssm-emulator is a proxy only for the AWS hosts it emulates, and ${authority} is none of them. ` +
    "Name it in NO_PROXY, or set SSM_EMULATOR_TUNNEL_OTHER_HOSTS=true.\n"
  );
}

/** Answers a CONNECT request with an error and ends the connection. */
export function refuseTunnel(socket: Socket, status: keyof typeof phrases, text: string): void {
  socket.setTimeout(lingerMs, () => socket.destroy());
  // What the client sent after its request is read away: unread, it would turn our end into a reset.
  socket.resume();
  socket.end(
    [
      `HTTP/1.1 ${status} ${phrases[status]}`,
      "content-type: text/plain; charset=utf-8",
      `content-length: ${Buffer.byteLength(text)}`,
      "connection: close",
      "",
      text,
    ].join("\r\n"),
  );
}
