import { MuxPort } from "../../emulator/agent/port/mux-port.ts";
import { PortDialer } from "../../emulator/agent/port/port-dialer.ts";
import type { PortChannel } from "../../emulator/client/port-channel.ts";
import { systemClock } from "../../emulator/clock.ts";
import { FakeNode } from "../helpers/fake-node.ts";

type Receive = (bytes: Uint8Array) => Promise<void> | undefined;

/** Carries payloads one after the other, each when the one before was taken, as a data channel does. */
export function lane(receive: Receive): (bytes: Uint8Array) => Promise<void> {
  let taken = Promise.resolve();
  return (bytes) => {
    taken = taken.then(() => receive(bytes));
    return taken;
  };
}

/** The agent's end of a session that leads to a local port, and the channel between it and the client. */
export function agentFor(
  port: number,
  client: { readonly receive: Receive; readonly onFlag: (value: number) => void },
): Disposable & { readonly channel: PortChannel } {
  const node = new FakeNode();
  node.ports.set("127.0.0.1:80", port);
  const realClock = systemClock;
  const plugin = new MuxPort({
    dialer: new PortDialer({ node, addresses: ["127.0.0.1"], portNumber: "80", realClock }),
    host: { output: lane(client.receive), flag: client.onFlag, ended: () => {}, onError: () => {} },
    keepAlive: false,
    realClock,
  });
  return {
    channel: { write: lane((bytes) => plugin.input(bytes)), sendFlag: () => {} },
    [Symbol.dispose]: () => void plugin.terminate(),
  };
}
