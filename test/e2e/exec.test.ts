import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerEngine } from "../helpers/docker.ts";
import { describeWithNodes, nodesSkipReason, testEngine, testNodeVariables } from "../helpers/engine.ts";
import { hostProcesses } from "../helpers/on-node.ts";
import { findProgram } from "../helpers/programs.ts";

const run = promisify(execFile);
const main = join(import.meta.dirname, "../../emulator/main.ts");

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), "ssm-emulator-exec-"));
});
afterAll(() => rm(stateDirectory, { recursive: true, force: true }));

async function exec(...command: readonly string[]): Promise<string> {
  const env = { ...process.env, ...(await testNodeVariables()) };
  const args = [main, "exec", "--state-dir", stateDirectory, ...command];
  return (await run(process.execPath, args, { env })).stdout;
}

/** What the engine keeps for nodes of any emulator's `exec`. */
async function traces(): Promise<readonly string[]> {
  if (testEngine === "namespace") return await hostProcesses("unshare --mount");
  const all = await dockerEngine().listContainers({ all: true });
  return all.filter(({ Names }) => Names.some((name) => name.includes("-exec-"))).map(({ Id }) => Id);
}

describeWithNodes("exec with a node", () => {
  it("runs the command when the node is online, and leaves nothing", async () => {
    const before = await traces();
    const script =
      "fetch(process.env.SSM_EMULATOR_ENDPOINT + '/_emulator/nodes').then((a) => a.text()).then(console.log)";
    const { nodes } = JSON.parse(await exec("--", process.execPath, "-e", script));
    expect(nodes).toMatchObject([{ name: "web-1", pingStatus: "Online" }]);
    // The engine takes a moment to remove what has ended.
    await expect
      .poll(async () => (await traces()).filter((trace) => !before.includes(trace)), { timeout: 10_000 })
      .toEqual([]);
  });
});

// Debian's python3-boto3 is the system Python's; another python3 that comes first on PATH need not have it.
const python = ["/usr/bin/python3", findProgram("python3")].find(
  (file) => file !== undefined && spawnSync(file, ["-c", "import boto3"]).status === 0,
);
const skipReason = nodesSkipReason ?? (python === undefined ? "python3 has no boto3" : undefined);

describe.skipIf(skipReason !== undefined)(
  skipReason === undefined ? "exec with boto3" : `exec with boto3 (skipped: ${skipReason})`,
  () => {
    // Debian's is too old to know of endpoints in variables.
    it("gives it a persona and a way to the emulator, and the script says nothing of either", async () => {
      const script = [
        "import boto3",
        "print(boto3.client('sts').get_caller_identity()['Arn'])",
        "instances = boto3.client('ssm').describe_instance_information()['InstanceInformationList']",
        "print([(i['InstanceId'], i['PingStatus']) for i in instances])",
      ].join("\n");
      expect(await exec("--as", "alice", "--aws-hosts", "--", python ?? "", "-c", script)).toBe(
        "arn:aws:iam::000000000000:user/alice\n[('i-0a1b2c3d4e5f60718', 'Online')]\n",
      );
    });
  },
);
