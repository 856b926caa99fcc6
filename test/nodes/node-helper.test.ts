import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { systemClock } from "../../emulator/clock.ts";
import { DockerFleet } from "../../emulator/nodes/docker/docker-fleet.ts";
import { nodeIdLabel, ownerLabel } from "../../emulator/nodes/docker/node-container.ts";
import { defaultNodeImage } from "../../emulator/nodes/docker/node-image.ts";
import type { EngineNode } from "../../emulator/nodes/engine-node.ts";
import { dockerEngine, newOwner, openDockerFleet, removeContainersOf, testNode } from "../helpers/docker.ts";
import { describeOnEngine, describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { openProcess, runProcess } from "./process-driver.ts";
import { openShell, runAsRoot } from "./terminal-driver.ts";

const asRoot = { credential: undefined };
const killHelper = "pkill -KILL -f 'python3 -I'";
const helperMemoryKb = "grep VmRSS /proc/$(pgrep -f 'python3 -I')/status | tr -dc 0-9";

describeWithNodes("the helper on a node", () => {
  let test: TestFleet;
  beforeAll(async () => {
    test = await openTestFleet({ entrance: "off" });
  });
  afterAll(async () => test?.[Symbol.asyncDispose]());

  const run = async (commands: string) =>
    (await runProcess(test.node, ["sh", "-c", commands], asRoot)).stdout;

  it("takes everything along that it holds when somebody kills it, and the next use has a new one", async () => {
    const shell = await openShell(test.node);
    await shell.type("trap '' HUP; setsid sleep 1000 & sleep 1000\n");
    await shell.expect(/sleep 1000\r\n/);
    const driven = await openProcess(test.node, ["sleep", "1000"]);
    const socket = test.node.dial({ address: "127.0.0.1", port: 22 });
    await once(socket.resume(), "connect");
    const broken = once(socket, "error");

    const [killer] = await Promise.all([
      openShell(test.node, { argv: ["sh", "-c", killHelper], ...asRoot }),
      shell.ended,
      driven.ended,
      broken,
    ]);

    expect(await driven.ended).toEqual({ type: "killed", signal: "SIGKILL" });
    await expect(shell.type("x")).rejects.toThrow("The terminal has ended");
    await Promise.all([shell.process, driven.process, killer.process].map((it) => it.terminate()));
    expect([shell.endings(), killer.endings()]).toEqual([1, 1]);
    expect(await test.node.sessionProcesses()).toEqual([]);
    expect(await run("echo again")).toBe("again\n");
    expect(await run("pgrep -fc 'python3 -I'")).toBe("1\n");
  });

  it("keeps little of what is not taken, and serves the others meanwhile", async () => {
    const before = Number(await run(helperMemoryKb));
    const shells = await Promise.all(
      Array.from({ length: 20 }, () => openShell(test.node, { argv: ["yes"] })),
    );
    for (const { process } of shells) process.pause();
    const held = shells.map((shell) => shell.output().length);
    const socket = test.node.dial({ address: "127.0.0.1", port: 22 });
    expect(await run("echo served")).toBe("served\n");
    expect((await buffer(socket.end("nonsense\n"))).toString()).toMatch(/^SSH-2\.0/);
    expect(Number(await run(helperMemoryKb)) - before).toBeLessThan(20_000);
    expect(shells.map((shell) => shell.output().length)).toEqual(held);
    await Promise.all(shells.map(({ process }) => process.terminate()));
  });

  it("ends all that a session has started, however much, and nothing of another", async () => {
    const other = await openProcess(test.node, ["sleep", "2000"]);
    const shell = await openShell(test.node);
    await shell.type("trap '' HUP; for i in $(seq 200); do sleep 1000 & done; echo all $((100 + 100))\n");
    await shell.expect(/all 200\r\n/);
    expect(await run("pgrep -fc 'sleep [12]000'")).toBe("201\n");
    await shell.process.terminate();
    expect(await run("pgrep -fc 'sleep [12]000'")).toBe("1\n");
    await other.process.terminate();
    expect(await test.node.sessionProcesses()).toEqual([]);
  });

  it("is not waited for by a session's end when somebody has stopped it", async () => {
    const shell = await openShell(test.node);
    await shell.type("sleep 3000 & echo started\n");
    await shell.expect(/\nstarted\r\n/);
    const signalHelper = async (name: string) => {
      const words = ["sh", "-c", `pkill -${name} -f 'python3 [-]I'`];
      const program = await test.node.exec.start({ words, workingDirectory: "/", input: "none" });
      await new Promise<void>((resolve) => {
        program.onEnd = resolve;
      });
    };
    await signalHelper("STOP");
    await shell.process.terminate();
    await signalHelper("CONT");
    expect(await run("pgrep -fc 'sleep [3]000'")).toBe("0\n");
  });

  it("keeps outputs that are apart open for as long as anybody has them, as the agent does", async () => {
    const { stdout, exit } = await runProcess(
      test.node,
      ["sh", "-c", "(sleep .3; echo late) & exit 4"],
      asRoot,
    );
    expect([stdout, exit]).toEqual(["late\n", { type: "exited", code: 4 }]);
  });

  it("reports on the terminal what keeps a program from running that is there", async () => {
    await runAsRoot(test.node, "echo nonsense >/tmp/nonsense; chmod 755 /tmp/nonsense");
    const shell = await openShell(test.node, { argv: ["/tmp/nonsense"] });
    await shell.ended;
    expect(shell.output()).toBe("/tmp/nonsense: Exec format error\r\n");
    await shell.process.terminate();
    await expect(openProcess(test.node, ["/tmp/nonsense"])).rejects.toMatchObject({ code: "ENOEXEC" });
  });
});

describeOnEngine("docker", "the stream to the helper", () => {
  const streamOf = async (node: EngineNode) => {
    const helper = "$(pgrep -f 'python3 [-]I')";
    const look = `readlink /proc/${helper}/fd/0 | cut -d: -f1; ls /run | grep -c ssm-emulator`;
    return (await runProcess(node, ["sh", "-c", look], asRoot)).stdout;
  };
  const pastEngine = process.getuid?.() === 0 ? "socket" : "pipe";

  it.each([
    { way: "past the engine where this machine enters the node", entrance: "auto", stream: pastEngine },
    { way: "through it where that does not", entrance: "off", stream: "pipe" },
  ] as const)("leads $way, and leaves no file", async ({ entrance, stream }) => {
    await using own = await openDockerFleet({ entrance, temporary: true });
    expect(await streamOf(own.node)).toBe(`${stream}\n0\n`);
  });

  it("leads through the engine where the helper cannot listen", async () => {
    await using own = await openDockerFleet({ temporary: true });
    await runAsRoot(own.node, `rm -rf /run; touch /run; ${killHelper}`).catch(() => undefined);
    expect(await streamOf(own.node)).toBe("pipe\n0\n");
  });
});

describeOnEngine("docker", "the helper on a node that stays", () => {
  it("goes when the emulator goes", async () => {
    await using own = await openDockerFleet();
    await runAsRoot(own.node, "true");
    await own.fleet.close({ remove: false });
    await vi.waitFor(async () => {
      const { Processes = [] } = await own.container.top({ ps_args: "-eo pid,args" });
      expect(Processes.filter(([, args]: string[]) => args?.includes("python3"))).toEqual([]);
    });
  });
});

describeOnEngine("docker", "a node without Python", () => {
  it("is served by the engine's execs, and that is said once", async () => {
    const owner = newOwner();
    const adopted = await dockerEngine().createContainer({
      Image: defaultNodeImage,
      Cmd: ["sh", "-c", "rm -f /usr/bin/python3*; exec sleep infinity"],
      Labels: { [ownerLabel]: owner, [nodeIdLabel]: testNode.nodeId },
      HostConfig: { Init: true },
    });
    await adopted.start();
    const lines: string[] = [];
    const fleet = await DockerFleet.open({
      owner,
      nodes: [testNode],
      clock: systemClock,
      onProgress: (line) => lines.push(line),
    });
    try {
      const node = fleet.get(testNode.nodeId);
      if (node === undefined) throw new Error("the node is missing");
      expect(await runAsRoot(node, "echo here")).toBe("here\n");
      expect((await runProcess(node, ["id", "-un"])).stdout).toBe("alice\n");
      expect(lines).toEqual(["Sessions on node web-1 start slower: it has no python3"]);
    } finally {
      await fleet.close({ remove: true });
      await removeContainersOf(owner);
    }
  });
});
