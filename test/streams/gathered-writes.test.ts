import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { GatheredWrites } from "../../emulator/streams/gathered-writes.ts";

/** A stream that remembers what each call to the system held. */
function recorded() {
  const calls: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      calls.push(chunk.toString());
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => chunk.toString()).join(""));
      done();
    },
  });
  const writes = new GatheredWrites(stream);
  const send = (text: string) => {
    writes.gather();
    stream.write(text);
  };
  return { calls, stream, writes, send };
}

describe("gathered writes", () => {
  it("leave in one call when the turn is over, and what follows in the next", async () => {
    const { calls, send } = recorded();
    for (const text of ["a", "b", "c"]) send(text);
    expect(calls).toEqual([]);
    await setImmediate();
    expect(calls).toEqual(["abc"]);
    send("d");
    await setImmediate();
    expect(calls).toEqual(["abc", "d"]);
  });

  it("leave at once when they are told to, so that nothing is lost with the stream", () => {
    const { calls, stream, writes, send } = recorded();
    send("last words");
    writes.flush();
    stream.destroy();
    expect(calls).toEqual(["last words"]);
  });
});
