import { openPort } from "../../../emulator/agent/port/open-port.ts";
import type { SessionPlugin } from "../../../emulator/agent/session-plugin.ts";
import {
  type LocalAddress,
  PortForwarding,
  type PortForwardingOptions,
} from "../../../emulator/client/port-forwarding.ts";
import { systemClock } from "../../../emulator/clock.ts";
import { FakeNode } from "../../helpers/fake-node.ts";

type Take = (bytes: Uint8Array) => Promise<void> | undefined;

/** One direction of a data channel: payloads and flags one after the other, each when the one before was taken. */
class Lane {
  readonly #cut: (bytes: Uint8Array) => readonly Uint8Array[];
  #taken: Promise<void> = Promise.resolve();

  constructor(cut: (bytes: Uint8Array) => readonly Uint8Array[]) {
    this.#cut = cut;
  }

  carry(bytes: Uint8Array, take: Take): Promise<void> {
    for (const piece of this.#cut(bytes)) this.#taken = this.#taken.then(() => take(piece));
    return this.#taken;
  }

  carryFlag(take: () => void): void {
    this.#taken = this.#taken.then(take);
  }
}

export interface PairOptions {
  /** Where port 80 of the node leads to. */
  readonly port: number;
  readonly type?: "LocalPortForwarding";
  readonly agentVersion?: string;
  /** How the channel cuts what it carries. */
  readonly cut?: (bytes: Uint8Array) => readonly Uint8Array[];
  readonly streams?: PortForwardingOptions["streams"];
}

const noStreams = { input: process.stdin, output: process.stdout };

/** Our client and our agent, both ends of one port session, with nothing but memory between them. */
export async function openPair({ port, type, cut = (bytes) => [bytes], ...options }: PairOptions) {
  const { agentVersion = "3.3.1957.0", streams = noStreams } = options;
  const node = new FakeNode();
  node.ports.set("127.0.0.1:80", port);
  const properties = { portNumber: "80", localPortNumber: "0", ...(type && { type }) };
  const down = new Lane(cut);
  const up = new Lane(cut);
  const said: string[] = [];
  const errors: unknown[] = [];
  const host = {
    output: (bytes: Uint8Array) => down.carry(bytes, (piece) => client.receive(piece)),
    flag: (value: number) => down.carryFlag(() => client.onFlag(value)),
    ended: (failure?: string) => void said.push(failure === undefined ? "ended" : `ended: ${failure}`),
    onError: (error: unknown) => void errors.push(error),
  };
  const client = new PortForwarding({
    sessionId: "alice-00000000000000001",
    properties,
    agentVersion,
    channel: {
      write: (bytes) => up.carry(bytes, (piece) => plugin.input(piece)),
      sendFlag: (value) => up.carryFlag(() => plugin.flag(value)),
    },
    print: (text) => void said.push(text),
    streams,
  });
  const task = { properties, agentVersion, clientVersion: "1.2.707.0" };
  const start = await openPort(node, task, { host, realClock: systemClock });
  if (start.type === "refused") throw new Error(start.output);
  const plugin: SessionPlugin = start.plugin;
  const address: LocalAddress | undefined = await client.open();
  return {
    client,
    plugin,
    errors,
    /** What the client printed, and how the session ended. */
    said: () => said.join(""),
    localPort: address?.type === "tcp" ? address.port : 0,
    async [Symbol.asyncDispose]() {
      await plugin.terminate();
      await client[Symbol.asyncDispose]();
    },
  };
}
