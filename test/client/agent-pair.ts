import { connect } from "node:net";
import type { PortChannel } from "../../emulator/client/port-channel.ts";
import { SmuxStreams } from "../../emulator/client/smux-streams.ts";
import { flag } from "../../emulator/protocol/flag.ts";

type Receive = (bytes: Uint8Array) => Promise<void> | undefined;

/** Carries payloads one after the other, each when the one before was taken, as a data channel does. */
function lane(receive: Receive): (bytes: Uint8Array) => Promise<void> {
  let taken = Promise.resolve();
  return (bytes) => {
    taken = taken.then(() => receive(bytes));
    return taken;
  };
}

/** An agent that dials a local port for each stream, and the channel that leads to it. */
export function agentFor(
  port: number,
  client: { readonly receive: Receive; readonly onFlag: (value: number) => void },
): Disposable & { readonly channel: PortChannel } {
  const streams = new SmuxStreams({
    role: "server",
    keepAlive: false,
    send: lane(client.receive),
    dial: () => connect(port, "127.0.0.1").on("error", () => client.onFlag(flag.connectToPortError)),
  });
  return {
    channel: { write: lane((bytes) => streams.receive(bytes)), sendFlag: () => {} },
    [Symbol.dispose]: () => streams[Symbol.dispose](),
  };
}
