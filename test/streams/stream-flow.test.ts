import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { pump } from "../../emulator/streams/stream-flow.ts";

describe("a pump", () => {
  it("gives all that came in the meantime in one piece", async () => {
    const source = new PassThrough();
    const given: string[] = [];
    const first = Promise.withResolvers<void>();
    const pumped = pump(source, (bytes) => {
      given.push(Buffer.from(bytes).toString());
      if (given.length > 1) return undefined;
      for (const piece of ["b", "c", "d"]) source.write(piece);
      source.end();
      return first.promise;
    });
    source.write("a");
    setImmediate(first.resolve);
    await pumped;
    expect(given).toEqual(["a", "bcd"]);
  });

  it("leaves its source where it is at a signal", async () => {
    const source = new PassThrough();
    const left = new AbortController();
    const given: string[] = [];
    void pump(source, (bytes) => given.push(Buffer.from(bytes).toString()) && left.abort(), left.signal);
    source.write("a");
    await new Promise(setImmediate);
    source.write("b");
    await new Promise(setImmediate);
    expect(given).toEqual(["a"]);
    expect(source.read().toString()).toBe("b");
  });

  it("pauses its source at a signal: a terminal that is still read keeps the program from its end", async () => {
    const source = new PassThrough();
    const left = new AbortController();
    const paused = Promise.withResolvers<void>();
    source.on("pause", paused.resolve);
    void pump(source, () => undefined, left.signal);
    await new Promise(setImmediate);
    left.abort();
    await paused.promise;
  });

  it("is done when its source has broken", async () => {
    const source = new PassThrough();
    const pumped = pump(source, () => undefined);
    source.destroy(new Error("broken"));
    await pumped;
  });
});
