import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { runAsRoot } from "./terminal-driver.ts";

const greeting = "head -c 7 </dev/tcp/127.0.0.1/22";
const hostKey = "cat /etc/ssh/ssh_host_ed25519_key.pub";

describeWithNodes("the SSH server of a node", () => {
  let test: TestFleet;
  beforeAll(async () => {
    test = await openTestFleet({ temporary: true });
  });
  afterAll(async () => test?.[Symbol.asyncDispose]());

  it("listens when the node is ready", async () => {
    expect(await runAsRoot(test.node, greeting)).toBe("SSH-2.0");
  });

  it("listens again when the node was stopped, or somebody killed it, with the same host key", async () => {
    const key = await runAsRoot(test.node, hostKey);
    await test.node.stop();
    await test.node.start();
    expect(await runAsRoot(test.node, greeting)).toBe("SSH-2.0");
    await runAsRoot(
      test.node,
      "kill $(cat /run/sshd.pid); while grep -q ':0016 .* 0A' /proc/net/tcp; do :; done",
    );
    await test.fleet.reset();
    expect(await runAsRoot(test.node, `${hostKey}; ${greeting}`)).toBe(`${key}SSH-2.0`);
  });

  it("has a host key that no other node has", async () => {
    await using other = await openTestFleet({ temporary: true });
    const [one, two] = await Promise.all([runAsRoot(test.node, hostKey), runAsRoot(other.node, hostKey)]);
    expect(one).toMatch(/^ssh-ed25519 /);
    expect(two).not.toBe(one);
  });
});
