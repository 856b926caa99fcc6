import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "../../../emulator/clock.ts";
import type { EngineNode } from "../../../emulator/nodes/engine-node.ts";
import {
  NamespaceFleet,
  type NamespaceFleetOptions,
} from "../../../emulator/nodes/namespace/namespace-fleet.ts";
import { NamespaceNode } from "../../../emulator/nodes/namespace/namespace-node.ts";
import type { NodeSpec } from "../../../emulator/nodes/node-spec.ts";
import { testNode } from "../../helpers/docker.ts";
import { describeWithNodes } from "../../helpers/engine.ts";
import { hostProcesses, onNode } from "../../helpers/on-node.ts";
import { openProcess } from "../process-driver.ts";
import { openShell } from "../terminal-driver.ts";
import { filesOf, machineState } from "./machine-state.ts";

const cacheDirectory = "/nonexistent";
const tree = process.env.SSM_EMULATOR_NODE_IMAGE;
const otherNode: NodeSpec = { nodeId: "i-0a1b2c3d4e5f60719", name: "db-1", users: [], tags: [] };
const both = [testNode, otherNode];
const marker = `marker-${process.pid}`;

async function open(options: Partial<NamespaceFleetOptions> = {}): Promise<{
  readonly fleet: NamespaceFleet;
  readonly node: NamespaceNode;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const fleet = await NamespaceFleet.open({
    nodes: [testNode],
    clock: systemClock,
    cacheDirectory,
    ...options,
  });
  const node = fleet.get(testNode.nodeId);
  if (!(node instanceof NamespaceNode)) throw new Error("the test node is missing");
  return { fleet, node, [Symbol.asyncDispose]: () => fleet.close({ remove: true }) };
}

describeWithNodes("a node over this machine's programs", () => {
  let test: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test?.[Symbol.asyncDispose]());

  const run = (command: string) => onNode(test.node, command);

  it("is Amazon Linux by name, with bash as sh and its own host name", async () => {
    expect(
      await run('. /etc/os-release; echo "$ID $VERSION_ID"; cat /proc/sys/kernel/hostname; readlink /bin/sh'),
    ).toBe("amzn 2023\nweb-1\nbash");
  });

  it("shows nothing of this machine but what is on the list", async () => {
    const places = [
      "/root",
      "/home",
      "/opt",
      "/srv",
      "/mnt",
      "/run",
      "/tmp",
      "/var/tmp",
      "/var/lib",
      "/etc",
      "/usr/local/etc",
      "/usr/src",
    ];
    const files = places.map((place) => join(place, marker, "secret"));
    try {
      for (const file of files) {
        await mkdir(join(file, ".."), { recursive: true });
        await writeFile(file, "secret");
      }
      await using fresh = await open();
      expect(
        await onNode(fresh.node, `find / -name ${marker} -not -path '/proc/*' 2>/dev/null || true`),
      ).toBe("");
      expect(
        await onNode(fresh.node, "ls -A /root /home /run /opt /srv /mnt | grep -v ':$' | grep . || true"),
      ).toBe("alice");
    } finally {
      for (const file of files) await rm(join(file, ".."), { recursive: true, force: true });
    }
  });

  it("has this machine's system accounts, locked, and nobody else's", async () => {
    const people = (await readFile("/etc/passwd", "utf8"))
      .split("\n")
      .map((line) => line.split(":"))
      .filter(([, , uid]) => Number(uid) >= 1000 && Number(uid) < 65534)
      .map(([name = ""]) => name);
    const names = (await run("cut -d : -f 1 /etc/passwd")).split("\n");
    expect(names.filter((name) => people.includes(name) && name !== "alice")).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["root", "alice", "svc"]));
    expect(await run("grep -v ':[*!]:' /etc/shadow || true")).toBe("");
    expect(await run("stat -c %a /etc/shadow /etc/sudoers")).toBe("600\n600");
  });

  it("tells its processes nothing of the emulator's environment", async () => {
    const variables = await run("cat /proc/[0-9]*/environ | tr '\\0' '\\n' | cut -d = -f 1 | sort -u");
    expect(
      variables
        .split("\n")
        .filter((name) => !["", "LANG", "PATH", "PWD", "SHLVL", "_", "OLDPWD"].includes(name)),
    ).toEqual([]);
  });

  it("leaves this machine's files as they are, whatever is done to it", async () => {
    const folders = ["/etc", "/usr/bin", "/usr/sbin"];
    const before = await filesOf(folders);
    await using fresh = await open();
    await onNode(
      fresh.node,
      "useradd -m mallory; groupadd things; rm /usr/bin/env.gone /usr/bin/[a-c]* 2>/dev/null; echo x >/usr/bin/ls; " +
        "echo x >>/etc/hosts; echo x >>/etc/passwd; chmod 777 /usr/sbin; true",
    );
    expect(await filesOf(folders)).toEqual(before);
  });
});

describeWithNodes("the rights of a node's processes", () => {
  let test: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    test = await open({ image: tree });
  });
  afterAll(() => test?.[Symbol.asyncDispose]());

  const run = (command: string) => onNode(test.node, command);

  it("are Docker's default capabilities at the most", async () => {
    expect(await run("cat /proc/1/status /proc/self/status | grep -E 'Cap(Bnd|Prm|Inh)' | sort -u")).toBe(
      "CapBnd:\t00000000a80425fb\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb",
    );
  });

  it.each([
    ["mount anything", "mount -t tmpfs tmpfs /mnt"],
    ["write the kernel's settings", "echo 1 >/proc/sys/kernel/panic"],
    ["press the kernel's keys", "echo h >/proc/sysrq-trigger"],
    ["see the machine's memory", "test -s /proc/kcore"],
    ["use a device that it makes", "mknod /tmp/disk b 254 0 && dd if=/tmp/disk of=/dev/null count=1"],
    ["set the clock", "date -s 2001-01-01"],
    ["find the way out by its root", "ls /proc/1/root/work /proc/1/root/proc/1/root/../work"],
  ])("do not let root %s", async (_what, command) => {
    await expect(run(command)).rejects.toThrow(/ended with/);
  });

  it("do not grow on a node without sudo", async () => {
    await using fresh = await open({ image: tree });
    const status = "grep NoNewPrivs /proc/self/status";
    expect(await onNode(fresh.node, status)).toBe("NoNewPrivs:\t0");
    const hasSudo = (await readdir("/usr/bin")).includes("sudo");
    await using plain = await open();
    expect(await onNode(plain.node, status)).toBe(`NoNewPrivs:\t${hasSudo ? 0 : 1}`);
  });

  it("are limited in number and memory, also in sessions", async () => {
    const driven = await openProcess(test.node, ["sh", "-c", "cat /proc/self/cgroup; sleep 100"]);
    await vi.waitFor(() =>
      expect(driven.output().stdout).toMatch(/pids:\/ssm-emulator\/|0::\/ssm-emulator\//),
    );
    await driven.process.terminate();
  });
});

describeWithNodes("the network of nodes", () => {
  const ask = (node: EngineNode, host: string, port: number) =>
    onNode(node, `timeout 5 bash -c 'exec 3<>/dev/tcp/${host}/${port}; head -c 3 <&3'`);
  /** SSH servers start while a node is ready already; who dials one waits for it. */
  const answers = (node: EngineNode) =>
    once(node.dial({ address: "127.0.0.1", port: 22 }).resume(), "connect");

  it("leads by name from one to another, both ways", async () => {
    await using test = await open({ nodes: both, image: tree });
    const other = test.fleet.get(otherNode.nodeId) as EngineNode;
    await Promise.all([answers(test.node), answers(other)]);
    expect(await ask(test.node, "db-1", 22)).toBe("SSH");
    expect(await ask(other, "web-1", 22)).toBe("SSH");
    expect(test.fleet.describe().map(({ ipAddress }) => ipAddress)).toEqual(["172.31.16.10", "172.31.16.11"]);
  });

  it("leads nowhere else on a bridge, and nowhere at all without", async () => {
    await using bridged = await open({ nodes: both, image: tree });
    expect(await onNode(bridged.node, "ip route")).toBe(
      "172.31.0.0/16 dev eth0 proto kernel scope link src 172.31.16.10 ",
    );
    await using alone = await open({ nodes: both, image: tree, network: "none" });
    await answers(alone.node);
    expect(await ask(alone.node, "web-1", 22)).toBe("SSH");
    await expect(ask(alone.node, "172.31.16.11", 22)).rejects.toThrow();
    expect(await onNode(alone.node, "ls /sys/class/net")).toBe("lo");
  });

  it("is this machine's, if so set", async () => {
    await using test = await open({ image: tree, network: "host" });
    const names = async (node: EngineNode) =>
      (await onNode(node, "tail -n +3 /proc/net/dev")).split("\n").map((line) => line.split(":")[0]?.trim());
    expect((await names(test.node)).sort()).toEqual((await readdir("/sys/class/net")).sort());
  });
});

describeWithNodes("nothing is left of nodes", () => {
  let before: Awaited<ReturnType<typeof machineState>>;
  beforeEach(async () => {
    before = await machineState();
  });

  const isAsBefore = () =>
    vi.waitFor(async () => expect(await machineState()).toEqual(before), { timeout: 10_000, interval: 50 });

  it("when their fleet is closed", async () => {
    const { fleet, node } = await open({ nodes: both, image: tree });
    const shell = await openShell(node);
    await shell.type("setsid nohup sleep 999 >/dev/null 2>&1 & echo star''ted\n");
    await shell.expect(/started/);
    await once(node.dial({ address: "127.0.0.1", port: 22 }).resume(), "connect");
    expect(await machineState()).not.toEqual(before);
    await fleet.close({ remove: true });
    await isAsBefore();
  });

  it("when one of them cannot be made", async () => {
    const broken = {
      ...otherNode,
      users: [
        { name: "svc", uid: 1600 },
        { name: "twin", uid: 1600 },
      ],
    };
    await expect(open({ nodes: [testNode, broken], image: tree })).rejects.toThrow(
      /Node db-1 could not be made: .*1600/,
    );
    await isAsBefore();
  });

  it("when their first process is killed, and they are lost then", async () => {
    await using test = await open({ image: tree });
    const lost = vi.fn();
    test.fleet.onConnectionLost(lost);
    const shell = await openShell(test.node);
    process.kill(test.node.pid, "SIGKILL");
    await shell.ended;
    await vi.waitFor(() => expect(lost).toHaveBeenCalledExactlyOnceWith(testNode.nodeId));
    expect(test.fleet.describe()[0]?.pingStatus).toBe("ConnectionLost");
    await expect(test.node.start()).rejects.toThrow("The node has ended");
    await test.fleet.close({ remove: true });
    await isAsBefore();
  });

  it("of a program that somebody has stopped on the node", async () => {
    await using test = await open({ image: tree });
    const words = ["sh", "-c", "kill -STOP $$"];
    await test.node.exec.start({ words, workingDirectory: "/", input: "none" });
    const outside = async () => {
      const pids = (await hostProcesses(`--target ${test.node.pid} -- setsid`)).map(
        (line) => line.split(" ")[0],
      );
      return await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8")));
    };
    await vi.waitFor(async () => expect(await outside()).toContainEqual(expect.stringContaining(" T ")));
    await test.fleet.close({ remove: true });
    await vi.waitFor(async () => expect(await outside()).toEqual([]));
    await isAsBefore();
  });

  it("when the emulator is killed, at whatever moment", { timeout: 120_000 }, async () => {
    const whole = await opensIn();
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 1.1]) {
      const child = startFleet();
      await new Promise((resolve) =>
        systemClock.at(systemClock.now() + whole * share, () => resolve(undefined)),
      );
      child.kill("SIGKILL");
      await once(child, "exit");
      await isAsBefore();
    }
  });

  it("not even limits, once the next emulator has started", async () => {
    const groups = async () => {
      const folders = ["/sys/fs/cgroup/ssm-emulator", "/sys/fs/cgroup/pids/ssm-emulator"];
      const found = await Promise.all(
        folders.map((folder) => readdir(folder, { withFileTypes: true }).catch(() => [])),
      );
      return found.flat().flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    };
    const others = await groups();
    const child = startFleet();
    await once(child.stdout ?? child, "data");
    child.kill("SIGKILL");
    await isAsBefore();
    await (await open({ image: tree })).fleet.close({ remove: true });
    expect((await groups()).filter((name) => !others.includes(name))).toEqual([]);
  });

  function startFleet(): ChildProcess {
    const program = join(import.meta.dirname, "../../helpers/open-namespace-fleet.ts");
    const options = { nodes: both, image: tree, cacheDirectory };
    return spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  async function opensIn(): Promise<number> {
    const startedAt = systemClock.now();
    const child = startFleet();
    await once(child.stdout ?? child, "data");
    child.kill("SIGKILL");
    await isAsBefore();
    return systemClock.now() - startedAt;
  }
});

describeWithNodes("the options of a fleet", () => {
  it.each([
    ["no such file", "/nonexistent.tar", /There is no image \/nonexistent.tar/],
    ["a folder without a system", import.meta.dirname, /is not the root of a system/],
    ["a file that is no archive", import.meta.filename, /could not be unpacked/],
  ])("refuse an image that is %s", async (_what, image, message) => {
    await expect(open({ image, cacheDirectory: `/tmp/ssm-emulator-test-${process.pid}` })).rejects.toThrow(
      message,
    );
    await rm(`/tmp/ssm-emulator-test-${process.pid}`, { recursive: true, force: true });
  });
});

describeWithNodes("root whom the system does not let mount, as in a container", () => {
  it.skipIf(process.getuid?.() !== 0).each(["bridge", "none", "host"])(
    "is told what to do, for the network %s",
    async (network) => {
      const program = join(import.meta.dirname, "../../helpers/open-namespace-fleet.ts");
      const options = JSON.stringify({ nodes: [testNode], cacheDirectory, network });
      const words = ["--bounding-set=-sys_admin", process.execPath, program, options];
      await expect(promisify(execFile)("setpriv", words)).rejects.toThrow(
        /the system refuses namespaces to root \(.*\): inside a container, run that with --privileged/,
      );
    },
  );
});
