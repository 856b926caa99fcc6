import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { nodeIdLabel } from "../../emulator/nodes/docker/node-container.ts";
import { SsmEmulatorContainer } from "../../harness/testcontainers.ts";
import "../../harness/vitest.ts";
import { dockerEngine, testBaseImage } from "../helpers/docker.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { buildEmulatorImage, emulatorImage } from "./emulator-image.ts";

/** Containers of the node with that id, dead ones too. */
async function containersOf(nodeId: string) {
  const filters = { label: [`${nodeIdLabel}=${nodeId}`] };
  return await dockerEngine().listContainers({ all: true, filters });
}

describeWithNodes("the emulator in a container of a test", () => {
  let container: () => SsmEmulatorContainer;
  beforeAll(async () => {
    // The image of the library's own clean-up need not be there: everything here ends by itself.
    process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
    await buildEmulatorImage();
    const baseImage = await testBaseImage();
    container = () =>
      new SsmEmulatorContainer(emulatorImage)
        .withEnvironment(baseImage === undefined ? {} : { SSM_EMULATOR_NODE_BASE_IMAGE: baseImage })
        .withNode({ name: `web-${randomUUID().slice(0, 8)}`, users: [{ name: "my-os-user" }] });
  }, 600_000);

  it("opens sessions on its nodes through the mapped port, and leaves nothing", async () => {
    const started = await container()
      .withSeed({ users: [{ name: "carol", tags: { SSMSessionRunAs: "my-os-user" } }] })
      .withLogLevel("debug")
      .start();
    const emulator = started.handle();
    const [node] = await emulator.nodes();
    try {
      expect(await emulator.credentials("carol")).toEqual(started.getCredentials("carol"));
      expect([started.getRegion(), started.getAccountId()]).toEqual(["us-east-1", "000000000000"]);
      expect(started.getLog()).toMatch(/^Ready\.$/m);

      const session = await emulator.startSession({ as: "carol" });
      expect(session).toRunAs("my-os-user");
      expect((await session.run("whoami")).output).toBe("my-os-user");
      await session.exit();
      await expect(session).toHaveLogged(["whoami", "my-os-user"]);
      expect(await started.getSessionLog(session.sessionId)).not.toEqual([]);
      expect(await containersOf(node?.nodeId ?? "")).toHaveLength(1);
    } finally {
      await started.stop();
    }
    expect(await containersOf(node?.nodeId ?? "")).toEqual([]);
  }, 300_000);

  it("leaves no node when it is killed", async () => {
    await using started = await container().start();
    const [node] = await started.handle().nodes();
    await dockerEngine().getContainer(started.getId()).kill();
    const left = () => containersOf(node?.nodeId ?? "");
    await expect.poll(left, { timeout: 20_000, interval: 100 }).toEqual([]);
  }, 300_000);

  it("says why it does not start", async () => {
    const start = container().withEnvironment({ SSM_EMULATOR_PORT: "none" }).start();
    await expect(start).rejects.toThrow(/SSM_EMULATOR_PORT: expected/);
  }, 300_000);
});
