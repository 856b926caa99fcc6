import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { LocalProgram, startEchoServer, startServer } from "../../client/local-programs.ts";
import { randomFrom } from "../../session/random.ts";
import { openPair } from "./port-pair.ts";

const type = "LocalPortForwarding";
const mebibyte = 1024 * 1024;

/** Bytes that tell where they belong. */
function numbered(length: number, start: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (start * 31 + index) % 251));
}

/** Cuts anywhere, as a data channel may. */
function cutAnywhere(seed: number, maxPieceBytes: number) {
  const random = randomFrom(seed);
  return (bytes: Uint8Array) => {
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = start + 1 + Math.floor(random() * maxPieceBytes);
      pieces.push(bytes.subarray(start, end));
      start = end;
    }
    return pieces;
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const seed = fc.integer({ min: 0, max: 0x7fffffff });
const size = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 40_000 }));

describe("a client and an agent that multiplex", () => {
  it("bring all of every connection both ways and in order, however these interleave and are cut", async () => {
    await using echo = await startEchoServer();
    const steps = fc.array(fc.record({ program: fc.nat({ max: 5 }), size, waits: fc.boolean() }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(seed, fc.integer({ min: 1, max: 2_000 }), steps, async (cutSeed, maxPiece, taken) => {
        await using pair = await openPair({ port: echo.port, type, cut: cutAnywhere(cutSeed, maxPiece) });
        const programs = Array.from({ length: 6 }, () => new LocalProgram({ port: pair.localPort }));
        const sent = programs.map(() => Buffer.alloc(0));
        for (const { program, size, waits } of taken) {
          const data = numbered(size, program + (sent[program]?.length ?? 0));
          programs[program]?.send(data);
          sent[program] = Buffer.concat([sent[program] ?? data, data]);
          if (waits) await turn();
        }
        const echoed = await Promise.all(
          programs.map((program, index) => program.receive(sent[index]?.length ?? 0)),
        );
        for (const program of programs) program[Symbol.dispose]();
        expect(echoed.map((bytes, index) => bytes.equals(sent[index] ?? bytes))).toEqual(Array(6).fill(true));
      }),
      { numRuns: 25 },
    );
  });

  it("let servers speak first, on 20 connections at once", async () => {
    let greeted = 0;
    await using server = await startServer((socket) => {
      socket.write(`220 ${String(greeted++).padStart(2, "0")}\r\n`);
      socket.on("data", (data) => socket.end(data));
    });
    await using pair = await openPair({ port: server.port, type });
    const programs = Array.from({ length: 20 }, () => new LocalProgram({ port: pair.localPort }));
    const greetings = await Promise.all(programs.map((program) => program.receive(8)));
    expect(new Set(greetings.map(String)).size).toBe(20);
    const rests = await Promise.all(programs.map((program) => program.send("QUIT").rest()));
    expect(rests).toEqual(greetings.map((greeting) => `${greeting}QUIT`));
  });

  it("lose nothing of other connections when a destination takes nothing for a while", async () => {
    const sockets: Socket[] = [];
    await using server = await startServer((socket) => {
      sockets.push(socket);
      socket.once("readable", () => {
        const first: Buffer = socket.read(1);
        if (first.toString() === "f") socket.pipe(socket);
      });
    });
    await using pair = await openPair({ port: server.port, type });
    using slow = new LocalProgram({ port: pair.localPort });
    const data = Buffer.alloc(16 * mebibyte, numbered(251, 7));
    slow.send("s").send(data);
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    using fast = new LocalProgram({ port: pair.localPort });
    const echoed = fast.send("f").send(data).receive(data.length);
    await vi.waitFor(() => expect(slow.socket.writableLength).toBeGreaterThan(0));
    const [waiting] = sockets;
    const received: Buffer[] = [];
    let count = 0;
    const whole = Promise.withResolvers<void>();
    waiting?.on("data", (bytes: Buffer) => {
      received.push(bytes);
      count += bytes.length;
      if (count >= data.length) whole.resolve();
    });
    await whole.promise;
    expect(Buffer.concat(received).equals(data)).toBe(true);
    expect((await echoed).equals(data)).toBe(true);
  });

  it("go on with other connections when a destination resets one", async () => {
    await using server = await startServer((socket) => {
      socket.on("data", (data) =>
        data.toString() === "reset" ? socket.resetAndDestroy() : socket.write(data),
      );
    });
    await using pair = await openPair({ port: server.port, type });
    using other = new LocalProgram({ port: pair.localPort });
    await other.send("one").receive(3);
    using reset = new LocalProgram({ port: pair.localPort });
    expect(await reset.send("reset").rest()).toBe("");
    expect((await other.send("two").receive(6)).toString()).toBe("onetwo");
    expect(pair.errors).toEqual([]);
    expect(pair.said()).not.toContain("ended");
  });

  it("close a destination whose local program is gone, and none else", async () => {
    const sockets: Socket[] = [];
    await using server = await startServer((socket) => {
      sockets.push(socket);
      socket.pipe(socket);
    });
    await using pair = await openPair({ port: server.port, type });
    const gone = new LocalProgram({ port: pair.localPort });
    await gone.send("one").receive(3);
    using other = new LocalProgram({ port: pair.localPort });
    await other.send("one").receive(3);
    const closed = Promise.withResolvers<void>();
    sockets[0]?.once("close", closed.resolve);
    gone.socket.resetAndDestroy();
    await closed.promise;
    expect((await other.send("two").receive(6)).toString()).toBe("onetwo");
  });

  it("hand over what a destination says ahead of ending its side, then close both", async () => {
    const destinationClosed = Promise.withResolvers<void>();
    await using server = await startServer((socket) => {
      socket.on("close", destinationClosed.resolve).resume();
      socket.end("goodbye");
    });
    await using pair = await openPair({ port: server.port, type });
    using program = new LocalProgram({ port: pair.localPort });
    expect(await program.rest()).toBe("goodbye");
    await destinationClosed.promise;
  });
});

describe("a client and an agent for one connection at a time", () => {
  it("bring all of each connection in turn, however it is cut", async () => {
    await using echo = await startEchoServer();
    const visits = fc.array(fc.array(size, { minLength: 1, maxLength: 6 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(seed, visits, async (cutSeed, programs) => {
        const cut = cutAnywhere(cutSeed, 1_024);
        await using pair = await openPair({ port: echo.port, type, agentVersion: "3.0.196.0", cut });
        for (const [index, sizes] of programs.entries()) {
          using program = new LocalProgram({ port: pair.localPort });
          const sent = sizes.map((length, part) => numbered(length, index + part));
          for (const data of sent) program.send(data);
          const whole = Buffer.concat(sent);
          expect((await program.receive(whole.length)).equals(whole)).toBe(true);
        }
        expect(pair.said()).not.toContain("ended");
      }),
      { numRuns: 15 },
    );
  });

  it("join the standard streams with the port, and end with it", async () => {
    await using echo = await startEchoServer();
    await fc.assert(
      fc.asyncProperty(seed, fc.array(size, { minLength: 1, maxLength: 10 }), async (cutSeed, sizes) => {
        const streams = { input: new PassThrough(), output: new PassThrough() };
        const cut = cutAnywhere(cutSeed, 1_024);
        await using pair = await openPair({ port: echo.port, cut, streams });
        const whole = Buffer.concat(sizes.map((length, part) => numbered(length, part)));
        let echoed = Buffer.alloc(0);
        streams.output.on("data", (bytes: Buffer) => {
          echoed = Buffer.concat([echoed, bytes]);
        });
        for (const [part, length] of sizes.entries()) streams.input.write(numbered(length, part));
        await vi.waitUntil(() => echoed.length >= whole.length, { interval: 1 });
        expect(echoed.equals(whole)).toBe(true);
        expect(pair.said()).toBe("");
      }),
      { numRuns: 15 },
    );
  });
});
