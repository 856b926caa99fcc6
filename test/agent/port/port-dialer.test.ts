import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { PortDialer } from "../../../emulator/agent/port/port-dialer.ts";
import { ManagedNodeError } from "../../../emulator/errors.ts";
import { ManualClock } from "../../helpers/manual-clock.ts";

/** A node whose sockets do what the test says, by address; without a word they wait. */
function bench(addresses: readonly string[], portNumber = "80") {
  const sockets: Duplex[] = [];
  const realClock = new ManualClock();
  const controller = new AbortController();
  const dial = () => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    sockets.push(socket);
    return socket;
  };
  const { signal } = controller;
  const dialer = new PortDialer({ node: { dial }, addresses, portNumber, realClock, signal });
  return { dialer, sockets, realClock, controller };
}

function systemError(code: string) {
  return new ManagedNodeError("it failed", { cause: "test", code });
}

describe("a port dialer", () => {
  it("reports the first address's failure when all have failed", async () => {
    const { dialer, sockets, realClock } = bench(["10.0.0.1", "10.0.0.2"]);
    const dialled = expect(dialer.dial()).rejects.toThrow("dial tcp 10.0.0.1:80: connect: no route to host");
    sockets[0]?.destroy(systemError("EHOSTUNREACH"));
    await expect.poll(() => sockets.length).toBe(2);
    sockets[1]?.destroy(systemError("ECONNREFUSED"));
    await dialled;
    expect(realClock.pending).toBe(0);
  });

  it("waits no longer for an address than its system would", async () => {
    const { dialer, sockets, realClock } = bench(["10.0.0.1"]);
    const dialled = expect(dialer.dial()).rejects.toThrow(
      "dial tcp 10.0.0.1:80: connect: connection timed out",
    );
    await realClock.advance(149_999);
    expect(sockets[0]?.destroyed).toBe(false);
    await realClock.advance(1);
    await dialled;
    expect(sockets[0]?.destroyed).toBe(true);
  });

  it.each([
    ["70000", "dial tcp: address 70000: invalid port"],
    ["ssh!", "dial tcp: lookup tcp/ssh!: unknown port"],
  ])("connects nowhere for the port %j", async (portNumber, message) => {
    const { dialer, sockets } = bench(["10.0.0.1", "10.0.0.2"], portNumber);
    await expect(dialer.dial()).rejects.toMatchObject({ name: "DialError", message });
    expect(sockets).toEqual([]);
  });

  it("that is closed gives up what it is making, breaks what it has made, and makes no more", async () => {
    const { dialer, sockets, realClock } = bench(["10.0.0.1", "10.0.0.2"]);
    const made = dialer.dial();
    sockets[0]?.emit("connect");
    await made;
    const making = expect(dialer.dial()).rejects.toThrow("the connection was closed");
    await dialer.close();
    await making;
    expect(sockets.map(({ closed }) => closed)).toEqual([true, true]);
    await expect(dialer.dial()).rejects.toThrow("the session has ended");
    expect(realClock.pending).toBe(0);
  });

  it("is closed by its signal", async () => {
    const { dialer, sockets, controller } = bench(["10.0.0.1"]);
    const making = expect(dialer.dial()).rejects.toThrow("the connection was closed");
    controller.abort();
    await making;
    expect(sockets[0]?.destroyed).toBe(true);
  });
});
