import { once } from "node:events";
import { duplexPair } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { encodeSmuxFrame, type SmuxCommand, smuxCommand } from "../../emulator/protocol/smux-frame.ts";
import { SmuxStreams, type SmuxStreamsOptions } from "../../emulator/streams/smux-streams.ts";

function frame(command: SmuxCommand, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeSmuxFrame({ command, streamId: 3, data });
}

/** A server's end that joins stream 3 with one side of a pair, and the other side of that. */
function joined(options: Partial<SmuxStreamsOptions> = {}) {
  const [near, far] = duplexPair();
  const sent: Uint8Array[] = [];
  const streams = new SmuxStreams({
    role: "server",
    keepAlive: false,
    dial: async () => near,
    send: async (bytes) => void sent.push(bytes),
    ...options,
  });
  streams.receive(frame(smuxCommand.synchronize));
  return { streams, near, far, sent };
}

describe("smux streams", () => {
  it("deliver what came before the peer closed, however slow the destination is", async () => {
    const { streams, far } = joined();
    const data = Buffer.alloc(60_000, "0123456789");
    for (let count = 0; count < 10; count++) streams.receive(frame(smuxCommand.push, data));
    streams.receive(frame(smuxCommand.finish));
    expect(await buffer(far)).toEqual(Buffer.concat(Array.from({ length: 10 }, () => data)));
  });

  it("close a destination both ways that has ended one of them", async () => {
    const { near, far, sent } = joined();
    const closed = once(near, "close");
    far.resume().end("last");
    await Promise.all([closed, once(far, "end")]);
    expect(Buffer.concat(sent)).toEqual(
      Buffer.concat([frame(smuxCommand.push, Buffer.from("last")), frame(smuxCommand.finish)]),
    );
  });

  it("close a stream that leads nowhere", async () => {
    const { sent } = joined({ dial: async () => undefined });
    await vi.waitFor(() => expect(sent).toEqual([frame(smuxCommand.finish)]));
  });

  it("give a destination that is still dialled what the peer said, then close it as the peer has", async () => {
    const [near, far] = duplexPair();
    const dialled = Promise.withResolvers<typeof near>();
    const { streams, sent } = joined({ dial: () => dialled.promise });
    streams.receive(frame(smuxCommand.push, Buffer.from("early")));
    streams.receive(frame(smuxCommand.finish));
    dialled.resolve(near);
    expect((await buffer(far)).toString()).toBe("early");
    expect(sent).toEqual([frame(smuxCommand.finish)]);
  });

  it("close all destinations when the peer breaks the rules", async () => {
    const { streams, near, far } = joined();
    const closed = once(near, "close");
    far.resume();
    streams.receive(Buffer.from("not smux"));
    await closed;
    expect(streams.isAlive).toBe(false);
  });

  it("go on reading the peer when a destination breaks that owed memory", async () => {
    const { streams, near } = joined();
    const data = Buffer.alloc(60_000);
    let pause: Promise<void> | undefined;
    while (pause === undefined) pause = streams.receive(frame(smuxCommand.push, data));
    near.destroy(new Error("ECONNRESET"));
    await pause;
    expect(streams.receive(frame(smuxCommand.push, data))).toBeUndefined();
  });

  it("send nothing more once they are disposed of", async () => {
    const { streams, near, sent } = joined();
    const closed = once(near, "close");
    streams[Symbol.dispose]();
    await closed;
    expect(sent).toEqual([]);
  });
});
