import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Figure } from "./shared/figure.ts";
import { inTurn, type Measurement } from "./shared/in-turn.ts";
import { type Lab, ownPlugin, stockClient, stockPlugin } from "./shared/lab.ts";
import { median } from "./shared/statistics.ts";

const rounds = 3;
const remotePort = 9_100;
const bytesPerMegabyte = 1_000_000;
const streamCounts = [1, 20];
/** The plugin sends 1 kB and sleeps a millisecond: more would only take longer. */
const megabytes = { down: { ours: 200, stock: 200 }, up: { ours: 100, stock: 2 } };

/** On the node: takes a line with a direction and a number of bytes, and does it; then says so with one byte. */
const server = `
import socketserver

class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        direction, size = self.rfile.readline().decode().split()
        left = int(size)
        block = bytes(1 << 18)
        while left:
            if direction == "down":
                self.request.sendall(memoryview(block)[:left])
                left -= min(left, len(block))
            else:
                left -= len(self.rfile.read1(min(left, len(block))))
        self.request.sendall(b".")

socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer.request_queue_size = 128
socketserver.ThreadingTCPServer(("0.0.0.0", ${remotePort}), Talk).serve_forever()
`;

interface Route extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** How fast bytes go through a port session, down and up, over 1 and 20 connections, against plain TCP to the container. */
export async function ports(lab: Lab): Promise<Figure[]> {
  const exec = await lab.container.exec({ Cmd: ["python3", "-c", server] });
  // The engine's answer keeps its connection open until it is read.
  (await exec.start({ Detach: true })).resume();
  const { IPAddress = "" } = Object.values((await lab.container.inspect()).NetworkSettings.Networks)[0] ?? {};
  const direct = { host: IPAddress, port: remotePort };
  await isListening(direct);
  await using own = await openTunnel(lab, ownPlugin);
  await using stock = stockClient.hasPlugin ? await openTunnel(lab, stockPlugin) : undefined;

  const figures: Figure[] = [];
  for (const direction of ["down", "up"] as const) {
    for (const streams of streamCounts) {
      const rate = (route: Pick<Route, "host" | "port">, size: number): Measurement =>
        transfer(route, { direction, streams, bytes: size * bytesPerMegabyte });
      const rates = await inTurn(rounds, {
        direct: rate(direct, megabytes[direction].ours),
        own: rate(own, megabytes[direction].ours),
        ...(stock !== undefined && { stock: rate(stock, megabytes[direction].stock) }),
      });
      const peer = { name: "plain TCP", value: median(rates.direct) };
      const name = `port ${direction}, ${streams} ${streams === 1 ? "stream" : "streams"}`;
      if (rates.stock !== undefined) {
        figures.push({
          name: `${name}: stock plugin`,
          unit: "MB/s",
          value: median(rates.stock),
          peer,
          goal: undefined,
          ...(streams === 1 && { realAgent: direction === "down" ? 0.83 : 0.75 }),
        });
      }
      figures.push({
        name: `${name}: our client`,
        unit: "MB/s",
        value: median(rates.own),
        peer,
        goal: direction === "down" ? { type: "at-least", bound: 100 } : undefined,
      });
    }
  }
  return figures;
}

async function openTunnel(
  lab: Lab,
  plugin: (lab: Lab, start: Awaited<ReturnType<Lab["startSession"]>>) => string[],
): Promise<Route> {
  const start = await lab.startSession({
    DocumentName: "AWS-StartPortForwardingSession",
    Parameters: { portNumber: [String(remotePort)] },
  });
  const [file = "", ...args] = plugin(lab, start);
  const child = spawn(file, args, { env: lab.environment });
  const exited = once(child, "exit");
  let shown = "";
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      const opened = /Port (\d+) opened/.exec(shown);
      if (opened !== null) resolve(Number(opened[1]));
    });
    child.once("exit", () => reject(new Error(`No port was opened: ${shown}`)));
  });
  return {
    host: "127.0.0.1",
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGINT");
      await exited;
    },
  };
}

/** In megabytes a second, all streams together. */
function transfer(
  route: Pick<Route, "host" | "port">,
  {
    direction,
    streams,
    bytes,
  }: { readonly direction: "down" | "up"; readonly streams: number; readonly bytes: number },
): Measurement {
  const each = Math.floor(bytes / streams);
  return async () => {
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: streams }, () => transferOne(route, direction, each)));
    return (each * streams) / bytesPerMegabyte / ((performance.now() - startedAt) / 1000);
  };
}

const block = Buffer.alloc(64 * 1024);

async function transferOne(
  { host, port }: Pick<Route, "host" | "port">,
  direction: "down" | "up",
  bytes: number,
): Promise<void> {
  const socket = connect({ host, port, noDelay: true });
  const expected = direction === "down" ? bytes + 1 : 1;
  let received = 0;
  const done = new Promise<void>((resolve, reject) => {
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (received >= expected) resolve();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`Of ${expected} bytes came ${received}`)));
  });
  socket.write(`${direction} ${bytes}\n`);
  if (direction === "up") {
    for (let left = bytes; left > 0; left -= block.length) {
      if (!socket.write(left < block.length ? block.subarray(0, left) : block)) await once(socket, "drain");
    }
  }
  await done;
  socket.destroy();
}

async function isListening(route: Pick<Route, "host" | "port">): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await transferOne(route, "down", 1);
      return;
    } catch (error) {
      if (attempt >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
