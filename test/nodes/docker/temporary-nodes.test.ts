import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "../../../emulator/clock.ts";
import { mainShell } from "../../../emulator/nodes/docker/agent-shell.ts";
import {
  nodeIdLabel,
  ownerLabel,
  removeNeverStarted,
} from "../../../emulator/nodes/docker/node-container.ts";
import { defaultNodeImage, ensureNodeImage } from "../../../emulator/nodes/docker/node-image.ts";
import {
  containersOf,
  dockerEngine,
  newOwner,
  openDockerFleet,
  removeContainersOf,
  testBaseImage,
  testNode,
} from "../../helpers/docker.ts";
import { describeWithNodes } from "../../helpers/engine.ts";
import { runAsRoot } from "../terminal-driver.ts";

const program = new URL("../../helpers/open-temporary-fleet.ts", import.meta.url).pathname;
/** The engine removes a container in the background, on a busy machine in seconds. */
const removal = { timeout: 20_000, interval: 50 };

let owner: string;
beforeEach(() => {
  owner = newOwner();
});
afterEach(() => removeContainersOf(owner));

async function openInProcess(): Promise<ChildProcess> {
  const baseImage = await testBaseImage();
  const options = JSON.stringify({ nodes: [testNode], baseImage });
  return spawn(process.execPath, [program, owner, options], { stdio: ["ignore", "pipe", "inherit"] });
}

async function kill(emulator: ChildProcess): Promise<void> {
  emulator.kill("SIGKILL");
  await once(emulator, "exit");
}

const states = async () => (await containersOf(owner)).map(({ State }) => State);

describeWithNodes("temporary nodes", () => {
  it("go when the fleet is closed, kept or not, with what they wrote on volumes", async () => {
    await using image = await imageWithVolume();
    const nodes = [{ ...testNode, image: image.name }];
    const test = await openDockerFleet({ owner, nodes, temporary: true });
    const { Mounts } = await test.container.inspect();
    const [{ Name: volume = "" } = {}] = Mounts;
    expect(volume).not.toBe("");

    await test.fleet.close({ remove: false });

    await vi.waitFor(async () => expect(await states()).toEqual([]), removal);
    await expect(dockerEngine().getVolume(volume).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it("go when their emulator is killed", async () => {
    const emulator = await openInProcess();
    await once(emulator.stdout ?? emulator, "data");
    expect(await states()).toEqual(["running"]);
    await kill(emulator);
    await vi.waitFor(async () => expect(await states()).toEqual([]), removal);
  });

  it("go when their emulator is killed while it creates them, once they are started", async () => {
    const emulator = await openInProcess();
    await vi.waitFor(async () => expect(await states()).toHaveLength(1), { timeout: 10_000, interval: 2 });
    await kill(emulator);
    await vi.waitFor(
      async () => expect((await states()).filter((state) => state !== "created")).toEqual([]),
      removal,
    );
    await removeNeverStarted(dockerEngine(), systemClock.now() + 3_600_000);
    await vi.waitFor(async () => expect(await states()).toEqual([]), removal);
  });

  it("never started are left alone for as long as a start may take", async () => {
    const create = (labels: Record<string, string>) =>
      dockerEngine().createContainer({
        Image: defaultNodeImage,
        Labels: { [ownerLabel]: owner, [nodeIdLabel]: testNode.nodeId, ...labels },
      });
    const lasting = await create({});
    const temporary = await create({ "ssm-emulator.temporary": "true" });
    const ids = async () => (await containersOf(owner)).map(({ Id }) => Id).sort();

    await removeNeverStarted(dockerEngine(), systemClock.now());
    expect(await ids()).toEqual([lasting.id, temporary.id].sort());

    await removeNeverStarted(dockerEngine(), systemClock.now() + 3_600_000);
    expect(await ids()).toEqual([lasting.id]);
  });

  it("go when nobody comes to them", async () => {
    await ensureNodeImage(dockerEngine(), { image: defaultNodeImage, baseImage: await testBaseImage() });
    const container = await dockerEngine().createContainer({
      ...mainShell(1),
      Image: defaultNodeImage,
      Labels: { [ownerLabel]: owner, [nodeIdLabel]: testNode.nodeId },
      HostConfig: { AutoRemove: true },
    });
    await container.start();
    expect(await states()).toEqual(["running"]);
    await vi.waitFor(async () => expect(await states()).toEqual([]), removal);
  });

  it("are not ended by root on the node, who can kill all but the first process", async () => {
    await using test = await openDockerFleet({ owner, temporary: true });
    await runAsRoot(test.node, "kill -KILL 1; pkill -KILL -x sh; kill -KILL -1");
    expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
    expect(test.fleet.describe()[0]?.pingStatus).toBe("Online");
  });

  it("are lost, and cannot be started again, when somebody removes them", async () => {
    await using test = await openDockerFleet({ owner, temporary: true });
    await test.container.kill();
    await vi.waitFor(() => expect(test.fleet.describe()[0]?.pingStatus).toBe("ConnectionLost"));
    await vi.waitFor(async () => expect(await states()).toEqual([]), removal);
    await expect(test.node.start()).rejects.toThrow(/^The node could not be started: .*no such container/i);
    await test.fleet.reset();
  });

  it("of two fleets with one owner are two", async () => {
    await using one = await openDockerFleet({ owner, temporary: true });
    await using two = await openDockerFleet({ owner, temporary: true });
    await one.fleet.close({ remove: true });
    expect((await two.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
  });
});

/** The node image with a volume of its own. */
async function imageWithVolume() {
  const engine = dockerEngine();
  await ensureNodeImage(engine, { image: defaultNodeImage, baseImage: await testBaseImage() });
  const container = await engine.createContainer({ Image: defaultNodeImage });
  const name = `ssm-emulator/${owner}:volume`;
  await container.commit({ repo: `ssm-emulator/${owner}`, tag: "volume", changes: "VOLUME /data" });
  await container.remove();
  return { name, [Symbol.asyncDispose]: () => engine.getImage(name).remove({ force: true }) };
}
