import { afterAll, beforeAll, expect, it } from "vitest";
import type { EngineNode } from "../../emulator/nodes/engine-node.ts";
import { describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { runAsRoot } from "./terminal-driver.ts";

/** What a client hears first; it waits for a server that is still starting. */
async function greeting(node: EngineNode): Promise<string> {
  const socket = node.dial({ address: "127.0.0.1", port: 22 });
  for await (const bytes of socket) return String(bytes).slice(0, 7);
  return "";
}
const hostKey = "cat /etc/ssh/ssh_host_ed25519_key.pub";

describeWithNodes("the SSH server of a node", () => {
  let test: TestFleet;
  beforeAll(async () => {
    test = await openTestFleet({ temporary: true });
  });
  afterAll(async () => test?.[Symbol.asyncDispose]());

  it("answers whoever dials a node that is ready", async () => {
    expect(await greeting(test.node)).toBe("SSH-2.0");
  });

  it("answers again when the node was stopped, or somebody killed it, with the same host key", async () => {
    const key = await runAsRoot(test.node, hostKey);
    await test.node.stop();
    await test.node.start();
    expect(await greeting(test.node)).toBe("SSH-2.0");
    await runAsRoot(
      test.node,
      "kill $(cat /run/sshd.pid); while grep -q ':0016 .* 0A' /proc/net/tcp; do :; done",
    );
    await test.fleet.reset();
    expect(await runAsRoot(test.node, hostKey)).toBe(key);
    expect(await greeting(test.node)).toBe("SSH-2.0");
  });

  it("has a host key that no other node has", async () => {
    await using other = await openTestFleet({ temporary: true });
    await Promise.all([greeting(test.node), greeting(other.node)]);
    const [one, two] = await Promise.all([runAsRoot(test.node, hostKey), runAsRoot(other.node, hostKey)]);
    expect(one).toMatch(/^ssh-ed25519 /);
    expect(two).not.toBe(one);
  });
});
