import { describe, expect, it, vi } from "vitest";
import { ManagedNodeError } from "../../emulator/errors.ts";
import { HelperChannel } from "../../emulator/nodes/helper-channel.ts";

const windowBytes = 256 * 1024;

function open() {
  const sent: { letter: string; payload: Buffer }[] = [];
  const forget = vi.fn();
  const channel = new HelperChannel({
    send: (letter, payload) => sent.push({ letter, payload: Buffer.from(payload) }),
    forget,
  });
  const json = (letter: string, value: object) => channel.receive(letter, Buffer.from(JSON.stringify(value)));
  const taken = (bytes: number) => {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(bytes);
    channel.receive("c", payload);
  };
  json("o", { pid: 7 });
  const sentBytes = () =>
    sent.filter(({ letter }) => letter === "d").reduce((sum, it) => sum + it.payload.length, 0);
  return { channel, sent, forget, json, taken, sentBytes };
}

describe("a helper channel", () => {
  it("tells the process id", async () => {
    expect(await open().channel.opened).toBe(7);
  });

  it("sends no more than a window ahead of what was taken, in pieces", async () => {
    const { channel, sent, taken, sentBytes } = open();
    const written = channel.write(Buffer.alloc(windowBytes + 10));
    expect(sentBytes()).toBe(windowBytes);
    expect(Math.max(...sent.map(({ payload }) => payload.length))).toBe(65_536);
    taken(windowBytes);
    expect(sentBytes()).toBe(windowBytes + 10);
    taken(10);
    await written;
  });

  it("has room while little is under way", async () => {
    const { channel, taken } = open();
    void channel.write(Buffer.alloc(windowBytes));
    await channel.room();
    void channel.write(Buffer.alloc(1));
    const room = vi.fn();
    const waiting = channel.room().then(room);
    await Promise.resolve();
    expect(room).not.toHaveBeenCalled();
    taken(1);
    await waiting;
  });

  it("ends its input once all of it was taken", async () => {
    const { channel, sent, taken } = open();
    void channel.write(Buffer.alloc(10));
    const finished = channel.finish();
    await Promise.resolve();
    expect(sent.at(-1)?.letter).toBe("d");
    taken(10);
    await finished;
    expect(sent.at(-1)?.letter).toBe("e");
  });

  it("gives leave for more only for output that was handed over", () => {
    const { channel, sent } = open();
    const output = vi.fn();
    channel.onOutput = output;
    channel.receiveOutput("d", Buffer.alloc(65_536));
    channel.receiveOutput("D", Buffer.alloc(1));
    expect([output.mock.calls.length, sent]).toEqual([0, []]);
    channel.resume();
    expect(output.mock.calls.map(([bytes, from]) => [bytes.length, from])).toEqual([
      [65_536, "stdout"],
      [1, "stderr"],
    ]);
    expect(sent).toEqual([{ letter: "c", payload: Buffer.from([0, 1, 0, 0]) }]);
  });

  it.each([
    { told: { exit: { code: 3 } }, end: { type: "ended", exit: { type: "exited", code: 3 } } },
    {
      told: { exit: { signal: "SIGHUP" } },
      end: { type: "ended", exit: { type: "killed", signal: "SIGHUP" } },
    },
    { told: {}, end: { type: "ended", exit: undefined } },
    {
      told: { failure: { code: "ECONNRESET", message: "reset" } },
      end: { type: "failed", error: expect.objectContaining({ code: "ECONNRESET", message: "reset" }) },
    },
  ])("ends as it is told, behind its output: $told", async ({ told, end }) => {
    const { channel, json, forget } = open();
    const events: unknown[] = [];
    channel.onOutput = () => events.push("output");
    channel.onEnd = (it) => events.push(it);
    channel.receiveOutput("d", Buffer.from("x"));
    json("x", told);
    expect(events).toEqual([]);
    await expect(channel.write(Buffer.from("x"))).rejects.toThrow(ManagedNodeError);
    channel.resume();
    channel.lose(new ManagedNodeError("lost", { cause: "lost" }));
    expect(events).toEqual(["output", end]);
    expect(forget).toHaveBeenCalledOnce();
  });

  it("fails what waits when the helper is lost", async () => {
    const { channel } = open();
    const written = channel.write(Buffer.from("x"));
    channel.lose(new ManagedNodeError("lost", { cause: "lost" }));
    await expect(written).rejects.toThrow("lost");
  });

  it("that could not be opened says so at once", async () => {
    const channel = new HelperChannel({ send: () => {}, forget: () => {} });
    channel.receive("x", Buffer.from('{"failure":{"code":"ENOENT","message":"sh: missing"}}'));
    await expect(channel.opened).rejects.toMatchObject({ code: "ENOENT", message: "sh: missing" });
  });

  it("sends nothing, and tells nothing, once it is closed", () => {
    const { channel, sent, json, forget } = open();
    const onEnd = vi.fn();
    channel.onEnd = onEnd;
    channel.close();
    channel.close();
    channel.resize({ columns: 1, rows: 1 });
    json("x", {});
    channel.resume();
    expect(sent.map(({ letter }) => letter)).toEqual(["x"]);
    expect(onEnd).not.toHaveBeenCalled();
    expect(forget).toHaveBeenCalledOnce();
  });
});
