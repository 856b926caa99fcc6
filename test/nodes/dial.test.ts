import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ManagedNodeError } from "../../emulator/errors.ts";
import type { NodeSpec } from "../../emulator/nodes/node-spec.ts";
import { testNode } from "../helpers/docker.ts";
import { describeWithNodes, openTestFleet, type TestFleet, testEngine } from "../helpers/engine.ts";
import { openProcess, runProcess } from "./process-driver.ts";
import { runAsRoot } from "./terminal-driver.ts";

/** What listens in the node. */
const port = { echo: 7001, count: 7002, flood: 7003, greetThenClose: 7004, reset: 7005, deaf: 7006 };
const floodBytes = 64 * 1024 * 1024;
const server = `
import hashlib, socket, struct, threading
def serve(port, talk):
    listener = socket.socket()
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    def answer(connection):
        with connection: talk(connection)
    def accept():
        while True: threading.Thread(target=answer, args=listener.accept()[:1]).start()
    threading.Thread(target=accept).start()
def pieces(connection):
    return iter(lambda: connection.recv(65536), b"")
def echo(connection):
    for piece in pieces(connection): connection.sendall(piece)
def count(connection):
    digest = hashlib.sha256()
    for piece in pieces(connection): digest.update(piece)
    connection.sendall(digest.hexdigest().encode())
def flood(connection):
    for i in range(${floodBytes / 65536}): connection.sendall(struct.pack(">I", i) * 16384)
def reset(connection):
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
def deaf(connection):
    threading.Event().wait()
serve(${port.echo}, echo); serve(${port.count}, count); serve(${port.flood}, flood); serve(${port.reset}, reset)
serve(${port.greetThenClose}, lambda connection: connection.sendall(b"bye")); serve(${port.deaf}, deaf)
print("ready", flush=True)
`;

/** Says which program of the node has the other end of a connection with the echo server. */
const holderOfSocket = `
  inode=$(awk '$3 ~ /:1B59$/ && $4 == "01" { print $10 }' /proc/net/tcp)
  for fd in /proc/[0-9]*/fd/*; do
    if [ "$(readlink "$fd")" = "socket:[$inode]" ]; then cat "\${fd%/fd/*}/comm"; fi
  done`;

function floodDigest(): string {
  const digest = createHash("sha256");
  for (let i = 0; i < floodBytes / 65536; i += 1) {
    const word = Buffer.alloc(4);
    word.writeUInt32BE(i);
    digest.update(Buffer.alloc(65536, word));
  }
  return digest.digest("hex");
}

/** A container's network is root's to enter. */
const isEntered = testEngine === "namespace" || process.getuid?.() === 0;

describe.each([
  { by: "this machine", entrance: "auto", helper: "auto", holder: isEntered ? undefined : "python3" },
  { by: "the helper", entrance: "off", helper: "auto", holder: "python3" },
  { by: "a program of its own", entrance: "off", helper: "off", holder: "socat" },
] as const)("by $by", ({ entrance, helper, holder }) => {
  describeWithNodes("dialling from a node", () => {
    let test: TestFleet;
    beforeAll(async () => {
      test = await openTestFleet({ helper, entrance });
      const driven = await openProcess(test.node, ["python3", "-c", server], { credential: undefined });
      await vi.waitFor(() => expect(driven.output()).toEqual({ stdout: "ready\n", stderr: "" }), {
        timeout: 5_000,
      });
    });
    afterAll(async () => test?.[Symbol.asyncDispose]());

    async function connected(number: number): Promise<Duplex> {
      const socket = test.node.dial({ address: "127.0.0.1", port: number });
      await once(socket, "connect");
      return socket;
    }

    /** Open ends of the echo server. */
    const openSockets = async () =>
      Number(await runAsRoot(test.node, "grep -cE '^ *[0-9]+: [0-9A-F]+:1B59 [^ ]+ 01' /proc/net/tcp"));

    it("is done by nobody else", async () => {
      const socket = await connected(port.echo);
      const { stdout } = await runProcess(test.node, ["sh", "-c", holderOfSocket], { credential: undefined });
      expect(stdout).toBe(holder === undefined ? "" : `${holder}\n`);
      socket.destroy();
    });

    it("reaches what listens there", async () => {
      const socket = await connected(port.echo);
      socket.end("hello");
      expect((await buffer(socket)).toString()).toBe("hello");
      expect(socket.destroyed).toBe(true);
    });

    it("passes on what is written before it is connected", async () => {
      const socket = test.node.dial({ address: "127.0.0.1", port: port.echo });
      socket.end("early");
      expect((await buffer(socket)).toString()).toBe("early");
    });

    it.each([
      { address: "127.0.0.1", port: 9, code: "ECONNREFUSED" },
      // The node has no IPv6.
      { address: "::1", port: 9, code: "EADDRNOTAVAIL" },
      { address: "255.255.255.255", port: 9, code: "ENETUNREACH" },
    ])("tells of $code", async ({ code, ...destination }) => {
      const socket = test.node.dial(destination);
      const connect = vi.fn();
      socket.on("connect", connect);
      const closed = new Promise<void>((resolve) => socket.once("close", resolve));
      const [error] = await once(socket, "error");
      await closed;
      expect(error).toBeInstanceOf(ManagedNodeError);
      expect(error.message).toMatch(/^The node could not connect: /);
      expect(error.code).toBe(code);
      expect(connect).not.toHaveBeenCalled();
    });

    it("ends when the other side closes", async () => {
      const socket = await connected(port.greetThenClose);
      const closed = once(socket, "close");
      expect((await buffer(socket)).toString()).toBe("bye");
      await closed;
    });

    it("fails when the other side breaks it", async () => {
      const socket = await connected(port.reset);
      socket.resume().write("x");
      const [error] = await once(socket, "error");
      expect(error.code).toBe("ECONNRESET");
    });

    it("takes 64 MiB from a server as fast as the reader likes", async () => {
      const socket = await connected(port.flood);
      const digest = createHash("sha256");
      for await (const piece of socket) {
        digest.update(piece as Buffer);
        if ((piece as Buffer).length % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(digest.digest("hex")).toBe(floodDigest());
    });

    it("gives 64 MiB to a server, whose answer comes after the end", async () => {
      const socket = await connected(port.count);
      const answer = buffer(socket);
      const digest = createHash("sha256");
      for (let i = 0; i < 1024; i += 1) {
        const bytes = Buffer.alloc(65536, `${i} `);
        digest.update(bytes);
        if (!socket.write(bytes)) await once(socket, "drain");
      }
      socket.end();
      expect((await answer).toString()).toBe(digest.digest("hex"));
    });

    it("makes the writer wait for a server that does not read", async () => {
      const socket = await connected(port.deaf);
      let written = 0;
      const write = () => {
        while (written < 256 * 1024 * 1024) {
          written += 65536;
          if (!socket.write(Buffer.alloc(65536))) return;
        }
      };
      socket.on("drain", write);
      write();
      let last = 0;
      await vi.waitFor(
        () => {
          const previous = last;
          last = written;
          expect(last).toBe(previous);
        },
        { timeout: 20_000, interval: 300 },
      );
      expect(last).toBeLessThan(32 * 1024 * 1024);
      const other = await connected(port.echo);
      other.end("still there");
      expect((await buffer(other)).toString()).toBe("still there");
      socket.destroy();
    });

    it("closes the node's end when it is destroyed, connected or not", async () => {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => connected(port.echo)));
      const dialled = Array.from({ length: 5 }, () =>
        test.node.dial({ address: "127.0.0.1", port: port.echo }),
      );
      expect(await openSockets()).toBeGreaterThanOrEqual(20);
      for (const socket of [...sockets, ...dialled]) socket.destroy();
      await vi.waitFor(async () => expect(await openSockets()).toBe(0), { timeout: 10_000 });
    });

    it("looks names up as the node does", async () => {
      await runAsRoot(test.node, "echo '192.0.2.7 database.internal' >>/etc/hosts");
      expect(await test.node.resolveHost("database.internal")).toEqual(["192.0.2.7"]);
      expect(await test.node.resolveHost("localhost")).toContain("127.0.0.1");
      expect(await test.node.resolveHost("192.0.2.8")).toEqual(["192.0.2.8"]);
      expect(await test.node.resolveHost("::1")).toEqual(["::1"]);
    });

    it.each(["no-such-host.invalid", "", "--help", "$(id)", "a b", "ю"])("finds no host %j", async (host) => {
      expect(await test.node.resolveHost(host)).toEqual([]);
    });

    it("is over when all sessions are ended, and on a stopped node", async () => {
      const socket = await connected(port.echo);
      const closed = once(socket, "close");
      await test.fleet.reset();
      await closed;
      await test.node.stop();
      const refused = test.node.dial({ address: "127.0.0.1", port: port.echo });
      const [error] = await once(refused, "error");
      expect(error).toBeInstanceOf(ManagedNodeError);
    });
  });

  describeWithNodes("what a node has dialled elsewhere", () => {
    it("is closed with the node", async () => {
      const elsewhere: NodeSpec = { ...testNode, nodeId: "i-0a1b2c3d4e5f60719", name: "web-2" };
      await using test = await openTestFleet({ helper, entrance, nodes: [testNode, elsewhere] });
      const other = test.fleet.describe().find(({ nodeId }) => nodeId === elsewhere.nodeId);
      // Which waits until its SSH server listens.
      const itself = test.fleet.get(elsewhere.nodeId)?.dial({ address: "127.0.0.1", port: 22 });
      if (itself !== undefined) await once(itself, "connect");
      const socket = test.node.dial({ address: other?.ipAddress ?? "", port: 22 });
      await once(socket, "connect");
      expect(String((await once(socket, "data"))[0])).toMatch(/^SSH-2\.0/);
      socket.on("error", (error) => expect(error).toBeInstanceOf(ManagedNodeError));
      const closed = new Promise<void>((resolve) => socket.once("close", resolve));
      await test.kill();
      await closed;
    });
  });
});
