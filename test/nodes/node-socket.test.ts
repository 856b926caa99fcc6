import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import type { Connection, ConnectionSink } from "../../emulator/nodes/node-processes.ts";
import { NodeSocket } from "../../emulator/nodes/node-socket.ts";

function socketOf() {
  const calls: string[] = [];
  const opening = Promise.withResolvers<Connection>();
  const finishing = Promise.withResolvers<void>();
  let sink: ConnectionSink | undefined;
  const socket = new NodeSocket((given) => {
    sink = given;
    return opening.promise;
  });
  const connection: Connection = {
    write: async (bytes) => void calls.push(`write ${Buffer.from(bytes)}`),
    finish: () => {
      calls.push("finish");
      return finishing.promise;
    },
    pause: () => calls.push("pause"),
    resume: () => calls.push("resume"),
    destroy: () => calls.push("destroy"),
  };
  if (sink === undefined) throw new Error("it did not connect");
  return { socket, sink, calls, connect: () => opening.resolve(connection), fail: opening.reject, finishing };
}

describe("a node's socket", () => {
  it("sends what was written while it was connecting, once it has said that it is connected", async () => {
    const { socket, calls, connect } = socketOf();
    socket.write("early");
    socket.once("connect", () => calls.push("connect"));
    connect();
    await vi.waitFor(() => expect(calls).toEqual(["connect", "write early"]));
  });

  it("fails without having connected", async () => {
    const { socket, fail } = socketOf();
    socket.on("connect", () => expect.unreachable());
    fail(new Error("refused"));
    expect((await once(socket, "error"))[0].message).toBe("refused");
  });

  it("asks for data when it is read, and pauses when it has enough", async () => {
    const { socket, sink, calls, connect } = socketOf();
    connect();
    await once(socket, "connect");
    expect(calls).toEqual([]);
    socket.read();
    expect(calls).toEqual(["resume"]);
    sink.onData(Buffer.alloc(socket.readableHighWaterMark));
    expect(calls).toEqual(["resume", "pause"]);
  });

  it("closes when the other side has, and all that was written has left", async () => {
    const { socket, sink, calls, connect, finishing } = socketOf();
    connect();
    await once(socket.resume(), "connect");
    sink.onEnd();
    await vi.waitFor(() => expect(calls).toContain("finish"));
    expect(calls).not.toContain("destroy");
    finishing.resolve();
    await once(socket, "close");
    expect(calls.at(-1)).toBe("destroy");
  });

  it("closes a connection that is made after it was destroyed", async () => {
    const { socket, calls, connect } = socketOf();
    socket.destroy();
    await once(socket, "close");
    connect();
    await vi.waitFor(() => expect(calls).toEqual(["destroy"]));
  });

  it("breaks with its connection", async () => {
    const { socket, sink, connect } = socketOf();
    connect();
    await once(socket, "connect");
    sink.onError(new Error("reset"));
    expect((await once(socket, "error"))[0].message).toBe("reset");
  });
});
