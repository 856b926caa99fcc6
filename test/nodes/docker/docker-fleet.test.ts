import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../emulator/clock.ts";
import { ManagedNodeError } from "../../../emulator/errors.ts";
import { DockerFleet } from "../../../emulator/nodes/docker/docker-fleet.ts";
import { nodeIdLabel, ownerLabel } from "../../../emulator/nodes/docker/node-container.ts";
import { defaultNodeImage } from "../../../emulator/nodes/docker/node-image.ts";
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
import { openShell, runAsRoot } from "../terminal-driver.ts";

const pingStatus = (fleet: DockerFleet) => fleet.describe()[0]?.pingStatus;

describe("a Docker fleet without an engine", () => {
  it("says in one error what to do", async () => {
    const opened = DockerFleet.open({
      owner: "nobody",
      nodes: [testNode],
      clock: systemClock,
      dockerHost: "unix:///nowhere/docker.sock",
    });
    await expect(opened).rejects.toThrow(ManagedNodeError);
    await expect(opened).rejects.toThrow(
      /^No Docker engine answers at unix:\/\/\/nowhere\/docker\.sock\. Start Docker, .*ENOENT/,
    );
  });

  it("refuses an address that is none", async () => {
    const opened = DockerFleet.open({ owner: "x", nodes: [], clock: systemClock, dockerHost: "docker.sock" });
    await expect(opened).rejects.toThrow(
      "A Docker host is unix:///path or tcp://host:port, got: docker.sock",
    );
  });
});

describeWithNodes("a Docker fleet's containers", () => {
  it("are created as the seed says", async () => {
    await using test = await openDockerFleet();
    const info = await test.container.inspect();
    expect(info.Name).toBe(`/ssm-emulator-${test.owner}-web-1`);
    expect(info.Config.Hostname).toBe("web-1");
    expect(info.HostConfig).toMatchObject({ Init: true, Privileged: false });
    expect(test.fleet.describe()).toEqual([
      {
        nodeId: testNode.nodeId,
        name: "web-1",
        pingStatus: "Online",
        lastPingAt: expect.any(Number),
        registeredAt: Date.parse(info.Created),
        agentVersion: expect.stringMatching(/^3\.\d+\.\d+\.0$/),
        platformName: "Amazon Linux",
        platformVersion: "2023",
        computerName: "web-1",
        ipAddress: info.NetworkSettings.Networks.bridge?.IPAddress,
        instanceType: "t3.micro",
        tags: testNode.tags,
      },
    ]);
    expect(test.fleet.get("i-00000000000000000")).toBeUndefined();
    expect(await runAsRoot(test.node, "getent passwd svc; ls /home")).toMatch(/:\/sbin\/nologin\nalice\n$/);
  });

  it("are removed at the end", async () => {
    const test = await openDockerFleet();
    await test[Symbol.asyncDispose]();
    expect(await containersOf(test.owner)).toEqual([]);
  });

  it("are found again, and started, by the next fleet", async () => {
    const first = await openDockerFleet();
    await first.fleet.close({ remove: false });
    await first.container.kill();
    await using second = await openDockerFleet({ owner: first.owner });
    expect(second.container.id).toBe(first.container.id);
    expect(pingStatus(second.fleet)).toBe("Online");
  });

  it("are made anew when the seed changed", async () => {
    const first = await openDockerFleet();
    await first.fleet.close({ remove: false });
    const users = [{ name: "bob" }, { name: "ops", groups: ["carol"] }, { name: "carol" }];
    await using second = await openDockerFleet({ owner: first.owner, nodes: [{ ...testNode, users }] });
    expect(await containersOf(first.owner)).toHaveLength(1);
    expect((await second.node.lookUpUser(["alice"])).id.exitCode).toBe(1);
    expect((await second.node.lookUpUser(["ops"])).id.stdout).toContain("(carol)");
    expect((await second.node.lookUpUser(["carol"])).id.stdout).toMatch(/gid=\d+\(carol\)/);
  });

  it("are adopted when somebody else made them, and then not removed", async () => {
    const owner = newOwner();
    const { fleet, ...made } = await openDockerFleet({ owner });
    await fleet.close({ remove: true });
    const foreign = await dockerEngine().createContainer({
      Image: defaultNodeImage,
      Hostname: "made-by-compose",
      Labels: { [ownerLabel]: owner, [nodeIdLabel]: testNode.nodeId },
      HostConfig: { Init: true },
    });
    try {
      const adopting = await openDockerFleet({ owner });
      expect(adopting.container.id).toBe(foreign.id);
      expect(adopting.fleet.describe()[0]?.computerName).toBe("made-by-compose");
      expect((await adopting.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
      await adopting.fleet.close({ remove: true });
      expect((await foreign.inspect()).State.Running).toBe(true);
    } finally {
      await removeContainersOf(owner);
      await made[Symbol.asyncDispose]();
    }
  });

  it("are left alone by a fleet of another owner", async () => {
    await using one = await openDockerFleet();
    await using two = await openDockerFleet();
    expect(two.container.id).not.toBe(one.container.id);
    await two.container.kill();
    await vi.waitFor(() => expect(pingStatus(two.fleet)).toBe("ConnectionLost"));
    expect(pingStatus(one.fleet)).toBe("Online");
  });

  it("are all removed when one node cannot be had", async () => {
    const owner = newOwner();
    const broken = {
      ...testNode,
      nodeId: "i-00000000000000001",
      name: "web-2",
      users: [{ name: "not a name" }],
    };
    const baseImage = await testBaseImage();
    const opened = DockerFleet.open({ owner, nodes: [testNode, broken], clock: systemClock, baseImage });
    await expect(opened).rejects.toThrow(
      /The node refused `useradd .*not a name`: useradd: invalid user name/,
    );
    expect(
      await dockerEngine().listContainers({ all: true, filters: { label: [`${ownerLabel}=${owner}`] } }),
    ).toEqual([]);
  });

  it("need an image that can be had", async () => {
    const nodes = [{ ...testNode, image: "localhost:1/no-such-image:1" }];
    const opened = DockerFleet.open({ owner: newOwner(), nodes, clock: systemClock });
    await expect(opened).rejects.toThrow(
      /^The node image localhost:1\/no-such-image:1 is not on the engine and could not be pulled\. Build or pull it first: /,
    );
  });
});

describeWithNodes("a Docker fleet's liveness", () => {
  it("follows the container: stopped, started, paused, removed", async () => {
    await using test = await openDockerFleet();
    const lost: string[] = [];
    test.fleet.onConnectionLost((nodeId) => lost.push(nodeId));

    await test.container.kill();
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("ConnectionLost"));
    const { lastPingAt } = test.fleet.describe()[0] ?? {};
    await expect(test.node.lookUpUser(["alice"])).rejects.toThrow(ManagedNodeError);
    expect(test.fleet.describe()[0]?.lastPingAt).toBe(lastPingAt);

    await test.container.start();
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("Online"));
    expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
    const shell = await openShell(test.node);
    await shell.process.terminate();

    await test.container.pause();
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("ConnectionLost"));
    await test.container.unpause();
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("Online"));

    await test.container.remove({ force: true });
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("ConnectionLost"));
    expect(lost).toEqual([testNode.nodeId, testNode.nodeId, testNode.nodeId]);
  });

  it("calls nobody back who has left", async () => {
    await using test = await openDockerFleet();
    const stayed = vi.fn();
    const left = vi.fn();
    test.fleet.onConnectionLost(left)();
    test.fleet.onConnectionLost(stayed);
    await test.container.kill();
    await vi.waitFor(() => expect(stayed).toHaveBeenCalledWith(testNode.nodeId));
    expect(left).not.toHaveBeenCalled();
  });

  it("follows the engine: gone, and back again", async () => {
    await using engine = await openEngineProxy();
    await using test = await openDockerFleet({ dockerHost: `unix://${engine.path}` });
    const shell = await openShell(test.node);
    engine.cut();
    await shell.ended;
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("ConnectionLost"));
    engine.mend();
    await vi.waitFor(() => expect(pingStatus(test.fleet)).toBe("Online"), { timeout: 5_000 });
    await shell.process.terminate();
    expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
  });
});

describeWithNodes("resetting a Docker fleet", () => {
  it("brings the OS users back to the seed and ends sessions", async () => {
    await using test = await openDockerFleet();
    const users = "getent passwd; getent group; ls -l /home /etc/sudoers.d | grep -v '^total'";
    const seeded = await runAsRoot(test.node, "getent passwd; ls /home /etc/sudoers.d");
    await test.node.ensureSsmUser();
    await runAsRoot(test.node, "useradd -m mallory; userdel -r svc 2>/dev/null; usermod -aG sudo alice");
    expect(await runAsRoot(test.node, users)).toContain("mallory");
    const shell = await openShell(test.node);

    await test.fleet.reset();

    await shell.ended;
    const sorted = (text: string) => text.split("\n").sort();
    expect(sorted(await runAsRoot(test.node, "getent passwd; ls /home /etc/sudoers.d"))).toEqual(
      sorted(seeded),
    );
    expect((await test.node.lookUpUser(["alice"])).id.stdout).not.toContain("sudo");
    await test.node.ensureSsmUser();
    expect(await runAsRoot(test.node, "ls /etc/sudoers.d")).toContain("ssm-agent-users");
  });

  it("touches nothing of a seeded user that did not change", async () => {
    await using test = await openDockerFleet();
    await runAsRoot(test.node, "touch /home/alice/kept");
    await test.fleet.reset();
    expect(await runAsRoot(test.node, "ls /home/alice")).toBe("kept\n");
  });
});

/** A socket in front of the engine's that can be cut. */
async function openEngineProxy() {
  const directory = await mkdtemp(join(tmpdir(), "engine-proxy-"));
  const path = join(directory, "docker.sock");
  const { socketPath } = dockerEngine().modem as unknown as { socketPath: string | (() => Promise<string>) };
  const target = typeof socketPath === "function" ? await socketPath() : socketPath;
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) return client.destroy();
    const engine = connect({ path: target, allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket.on("error", () => {}));
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(engine).pipe(client);
    return undefined;
  });
  await once(server.listen(path), "listening");
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    path,
    cut,
    mend: () => {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await rm(directory, { recursive: true });
    },
  };
}
