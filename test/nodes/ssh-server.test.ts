import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeExec } from "../../emulator/nodes/node-exec.ts";
import { SshServer } from "../../emulator/nodes/ssh-server.ts";
import { describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { fakeProgram } from "./fake-program.ts";
import { sshGreeting } from "./ssh-greeting.ts";
import { runAsRoot } from "./terminal-driver.ts";

const hostKey = "cat /etc/ssh/ssh_host_ed25519_key.pub";

describeWithNodes("the SSH server of a node", () => {
  let test: TestFleet;
  beforeAll(async () => {
    test = await openTestFleet({ temporary: true });
  });
  afterAll(async () => test?.[Symbol.asyncDispose]());

  it("answers whoever dials a node that is ready", async () => {
    expect(await sshGreeting(test.node)).toBe("SSH-2.0");
  });

  it("answers again when the node was stopped, or somebody killed it, with the same host key", async () => {
    const key = await runAsRoot(test.node, hostKey);
    await test.node.stop();
    await test.node.start();
    expect(await sshGreeting(test.node)).toBe("SSH-2.0");
    await runAsRoot(
      test.node,
      "kill $(cat /run/sshd.pid); while grep -q ':0016 .* 0A' /proc/net/tcp; do :; done",
    );
    await test.fleet.reset();
    expect(await runAsRoot(test.node, hostKey)).toBe(key);
    expect(await sshGreeting(test.node)).toBe("SSH-2.0");
  });

  it("has a host key that no other node has", async () => {
    await using other = await openTestFleet({ temporary: true });
    await Promise.all([sshGreeting(test.node), sshGreeting(other.node)]);
    const [one, two] = await Promise.all([runAsRoot(test.node, hostKey), runAsRoot(other.node, hostKey)]);
    expect(one).toMatch(/^ssh-ed25519 /);
    expect(two).not.toBe(one);
  });
});

describe("the start of a node's SSH server", () => {
  const startsOn = (starts: number[], clock: ManualClock): NodeExec => ({
    start: async () => {
      starts.push(clock.now());
      const program = fakeProgram();
      setImmediate(() => program.onEnd());
      return program;
    },
    startOnTerminal: () => Promise.reject(new Error("It needs no terminal")),
  });

  function newServer() {
    const clock = new ManualClock();
    const begin = clock.now();
    const starts: number[] = [];
    const server = new SshServer(startsOn(starts, clock), clock);
    return { clock, server, startedAfter: () => starts.map((at) => at - begin) };
  }

  it("comes when the first sessions have had a second", async () => {
    const { clock, server, startedAfter } = newServer();
    server.startSoon();
    await clock.advance(999);
    expect(startedAfter()).toEqual([]);
    await clock.advance(60_000);
    expect(startedAfter()).toEqual([1_000]);
  });

  it("comes at once for who needs it, and only once", async () => {
    const { clock, server, startedAfter } = newServer();
    server.startSoon();
    await clock.advance(10);
    await Promise.all([server.started(), server.started()]);
    await clock.advance(60_000);
    await server.started();
    expect(startedAfter()).toEqual([10]);
  });

  it("comes again with the node", async () => {
    const { clock, server, startedAfter } = newServer();
    server.startSoon();
    await clock.advance(1_000);
    server.stopStarting();
    server.startSoon();
    await clock.advance(1_000);
    expect(startedAfter()).toEqual([1_000, 2_000]);
  });

  it("does not come when the node has gone before", async () => {
    const { clock, server, startedAfter } = newServer();
    server.startSoon();
    server.stopStarting();
    await clock.advance(60_000);
    expect(startedAfter()).toEqual([]);
  });
});
