import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SmuxFrameDecoder } from "../../emulator/protocol/smux-frame.ts";
import { type SmuxEffect, SmuxSession } from "../../emulator/session/smux-session.ts";
import { portSession } from "./port-sessions.ts";

const mebibyte = 1024 * 1024;

function quietSession(role: "client" | "server"): SmuxSession {
  return new SmuxSession({ role, keepAliveFrom: undefined });
}

/** A server with one open stream. */
function serverWithStream(keepAliveFrom?: number): SmuxSession {
  const session = new SmuxSession({ role: "server", keepAliveFrom });
  session.receive(Buffer.from("0100000003000000", "hex"), 0);
  return session;
}

function sentBytes(effects: readonly SmuxEffect[]): Buffer {
  return Buffer.concat(effects.flatMap((effect) => (effect.type === "send" ? [effect.bytes] : [])));
}

function push(streamId: number, data: Uint8Array): Buffer {
  return sentBytes(sessionWith(streamId).send(streamId, data));
}

function sessionWith(streamId: number): SmuxSession {
  const session = quietSession("client");
  while (session.open().streamId < streamId);
  return session;
}

/** Echoes as the recorded server does. */
function echo(session: SmuxSession, bytes: Uint8Array): Buffer {
  const effects = session.receive(bytes, 0).flatMap((effect) => {
    if (effect.type !== "data") return [effect];
    return [...session.consumed(effect.data.length, 0), ...session.send(effect.streamId, effect.data)];
  });
  return sentBytes(effects);
}

describe("a smux session", () => {
  it("of a client says what the plugin said", () => {
    const session = quietSession("client");
    const said: SmuxEffect[] = [];
    const open = () => {
      const { streamId, effects } = session.open();
      said.push(...effects);
      return streamId;
    };
    const say = (streamId: number, text: string) => said.push(...session.send(streamId, Buffer.from(text)));
    const close = (streamId: number) => said.push(...session.close(streamId));
    for (const text of ["alpha", "bravo"]) {
      const streamId = open();
      say(streamId, text);
      close(streamId);
    }
    const [third, fourth] = [open(), open()];
    say(third, "charlie");
    say(fourth, "delta");
    close(third);
    close(fourth);
    const last = open();
    say(last, "B".repeat(1500));
    close(last);
    expect(sentBytes(said)).toEqual(Buffer.concat(portSession("port-forwarding-mux").clientOutput));
  });

  it("of a server answers the plugin as its real peer did", () => {
    const { clientOutput, serverOutput } = portSession("port-forwarding-mux");
    const session = quietSession("server");
    const said = clientOutput.map((bytes) => echo(session, bytes));
    expect(Buffer.concat(said)).toEqual(Buffer.concat(serverOutput));
  });

  it("of a client understands the real agent", () => {
    const session = sessionWith(5);
    const { serverOutput } = portSession("real agent: port forwarding, two streams");
    const effects = serverOutput.flatMap((bytes) => session.receive(bytes, 0));
    expect(effects).toEqual([
      { type: "data", streamId: 3, data: Buffer.from("hello 0") },
      { type: "data", streamId: 5, data: Buffer.from("hello 1") },
    ]);
  });

  it("numbers a server's own streams evenly", () => {
    expect(quietSession("server").open().streamId).toBe(2);
  });

  it("closes a stream both ways when the peer closes it, and answers once", () => {
    const session = serverWithStream();
    const finish = Buffer.from("0101000003000000", "hex");
    expect(session.receive(finish, 0)).toEqual([
      { type: "closed", streamId: 3 },
      { type: "send", bytes: finish },
    ]);
    expect(session.receive(finish, 0)).toEqual([]);
    expect(session.send(3, Buffer.from("late"))).toEqual([]);
    expect(session.close(3)).toEqual([]);
  });

  it("throws away what comes on a stream that it closed", () => {
    const session = serverWithStream();
    expect(sentBytes(session.close(3)).toString("hex")).toBe("0101000003000000");
    expect(session.receive(push(3, Buffer.from("late")), 0)).toEqual([]);
  });

  it("opens a stream once when the peer repeats itself", () => {
    const session = serverWithStream();
    expect(session.receive(Buffer.from("0100000003000000", "hex"), 0)).toEqual([]);
  });

  it("sends data at once, in frames of at most 32 768 bytes", () => {
    const data = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
    const effects = sessionWith(3).send(3, data);
    expect(effects.length).toBe(1);
    const frames = [...new SmuxFrameDecoder().decode(sentBytes(effects))];
    expect(frames.map((frame) => frame.data.length)).toEqual([32_768, 32_768, 4_464]);
    expect(Buffer.concat(frames.map((frame) => frame.data)).equals(data)).toBe(true);
  });

  it("sends no empty frame", () => {
    expect(sessionWith(3).send(3, Buffer.alloc(0))).toEqual([]);
  });

  it("is readable until 4 MiB wait for their destinations, and again when some of it was consumed", () => {
    const session = serverWithStream();
    session.receive(push(3, Buffer.alloc(4 * mebibyte - 1)), 0);
    expect(session.isReadable).toBe(true);
    session.receive(push(3, Buffer.alloc(1)), 0);
    expect(session.isReadable).toBe(false);
    expect(session.consumed(1, 0)).toEqual([{ type: "readable" }]);
    expect(session.isReadable).toBe(true);
    expect(session.consumed(1, 0)).toEqual([]);
  });

  it("gives out what comes beyond the budget, too", () => {
    const session = serverWithStream();
    session.receive(push(3, Buffer.alloc(5 * mebibyte)), 0);
    expect(session.receive(push(3, Buffer.from("more")), 0)).toEqual([
      { type: "data", streamId: 3, data: Buffer.from("more") },
    ]);
  });

  it("fails when the peer breaks the rules, and closes its streams", () => {
    const session = serverWithStream();
    expect(session.receive(Buffer.from("0200000003000000", "hex"), 0)).toEqual([
      { type: "closed", streamId: 3 },
      { type: "failed", reason: "Expected version 1 in a smux header, got 2" },
    ]);
    expect(session.isAlive).toBe(false);
    expect(session.open().effects).toEqual([{ type: "closed", streamId: 2 }]);
    expect(session.receive(Buffer.from("0100000005000000", "hex"), 0)).toEqual([]);
  });

  it("waits for nothing without keep-alive", () => {
    expect(quietSession("client").nextDeadline()).toBeUndefined();
  });

  it("sends a keep-alive every 10 seconds, as the plugin does", () => {
    const session = new SmuxSession({ role: "client", keepAliveFrom: 1_000 });
    const [keepAlive] = portSession("port-forwarding-mux-keepalive").clientOutput;
    expect(session.nextDeadline()).toBe(11_000);
    expect(session.onDeadline(10_999)).toEqual([]);
    expect(sentBytes(session.onDeadline(11_000))).toEqual(keepAlive);
    expect(session.nextDeadline()).toBe(21_000);
  });

  it("looks every 30 seconds whether anything was heard, and fails when nothing was, as smux does", () => {
    const session = serverWithStream(0);
    session.receive(Buffer.from("0103000000000000", "hex"), 5_000);
    session.onDeadline(20_000);
    expect(session.nextDeadline()).toBe(30_000);
    session.onDeadline(30_000);
    expect(session.isAlive).toBe(true);
    session.onDeadline(50_000);
    expect(session.nextDeadline()).toBe(60_000);
    expect(session.onDeadline(60_000)).toEqual([
      { type: "closed", streamId: 3 },
      { type: "failed", reason: "The peer has sent nothing for 30 seconds" },
    ]);
    expect(session.nextDeadline()).toBeUndefined();
  });

  it("does not take a peer for silent that it does not read", () => {
    const session = serverWithStream(0);
    session.receive(push(3, Buffer.alloc(5 * mebibyte)), 0);
    for (let now = 10_000; now <= 100_000; now += 10_000) session.onDeadline(now);
    expect(session.isAlive).toBe(true);
    session.consumed(5 * mebibyte, 100_000);
    session.onDeadline(120_000);
    expect(session.isAlive).toBe(true);
    session.onDeadline(150_000);
    expect(session.isAlive).toBe(false);
  });

  it("brings all data of all streams to the other end, however its bytes are cut", () => {
    const streamIds = [3, 5, 2, 4];
    const actions = fc.array(
      fc.record({
        from: fc.constantFrom("client" as const, "server" as const),
        streamId: fc.constantFrom(...streamIds),
        data: fc.uint8Array({ maxLength: 300 }),
        cut: fc.integer({ min: 1, max: 50 }),
      }),
    );
    fc.assert(
      fc.property(actions, (sent) => {
        const ends = { client: quietSession("client"), server: quietSession("server") };
        const peers = { client: ends.server, server: ends.client };
        for (const end of [ends.client, ends.client, ends.server, ends.server]) {
          (end === ends.client ? ends.server : ends.client).receive(sentBytes(end.open().effects), 0);
        }
        const received = sent.map(({ from, streamId, data, cut }) => {
          const bytes = sentBytes(ends[from].send(streamId, data));
          const effects: SmuxEffect[] = [];
          for (let start = 0; start < bytes.length; start += cut) {
            effects.push(...peers[from].receive(bytes.subarray(start, start + cut), 0));
          }
          return effects;
        });
        expect(received).toEqual(
          sent.map(({ streamId, data }) =>
            data.length === 0 ? [] : [{ type: "data", streamId, data: Buffer.from(data) }],
          ),
        );
        const closed = streamIds.flatMap((id) => ends.server.receive(sentBytes(ends.client.close(id)), 0));
        expect(closed.filter(({ type }) => type === "closed")).toHaveLength(streamIds.length);
      }),
    );
  });

  it("neither crashes nor hangs on any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const session = serverWithStream(0);
        const effects = chunks.flatMap((chunk) => session.receive(chunk, 0));
        expect(effects.some(({ type }) => type === "failed")).toBe(!session.isAlive);
      }),
    );
  });
});
