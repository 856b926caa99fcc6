import Table from "cli-table3";
import { type Emulator, startEmulator } from "../app.ts";
import type { Config } from "../config.ts";
import type { Seed } from "../seed/seed-schema.ts";
import { emulatorOptions } from "./emulator-options.ts";

/** Graceful ends take their time within this; then the process ends anyway. */
export const shutdownTimeoutMs = 5_000;

/** Starts the emulator, says when it is ready, and ends it on SIGINT and SIGTERM. */
export async function start(config: Config, seed: Seed): Promise<void> {
  const options = emulatorOptions(config, seed);
  if (seed.nodes.length > 0) process.stderr.write(`Starting ${seed.nodes.length} managed node(s) …\n`);
  const emulator = await startEmulator(options);
  endOnSignal(emulator);
  process.stderr.write(`${banner(emulator, seed, config.publicUrl ?? emulator.url)}\nReady.\n`);
}

function endOnSignal(emulator: Emulator): void {
  const end = () => {
    process.stderr.write("Ending all sessions …\n");
    setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
    emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

function banner(emulator: Emulator, seed: Seed, url: string): string {
  const nodes = new Table({ head: ["Node", "Name", "Status", "OS users"], style: { head: [], border: [] } });
  for (const node of emulator.nodes.describe()) {
    const users = seed.nodes.find(({ id }) => id === node.nodeId)?.users ?? [];
    nodes.push([node.nodeId, node.name, node.pingStatus, users.map(({ name }) => name).join(", ")]);
  }
  const personas = new Table({ head: ["Persona", "Access key", "Tags"], style: { head: [], border: [] } });
  personas.push(...seed.rootAccessKeys.map(({ id }) => ["root", id, ""]));
  for (const { name, accessKeys, tags } of seed.users) {
    const shownTags = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
    personas.push([name, accessKeys[0]?.id ?? "", shownTags.join(", ")]);
  }
  return [
    "",
    `ssm-emulator  ${url}  account ${seed.account}  ${seed.region}`,
    ...engineLine(emulator),
    nodes.toString(),
    personas.toString(),
    ...firstSession(seed, url),
    "",
  ].join("\n");
}

const engines = {
  docker: "containers of Docker",
  namespace: "namespaces of this machine, without seccomp: for people you trust",
} as const;

/** Which engine plays the nodes, and why. */
function engineLine({ nodes, engineReason }: Emulator): string[] {
  if (nodes.engine === undefined) return [];
  return [`Nodes are ${engines[nodes.engine]}${engineReason === undefined ? "" : ` (${engineReason})`}.`];
}

/** Lines to copy into a shell, which need nothing but the AWS CLI and its plugin. */
function firstSession(seed: Seed, url: string): string[] {
  const tagged = seed.users.find(({ tags }) => "SSMSessionRunAs" in tags);
  const [key] = tagged?.accessKeys ?? seed.rootAccessKeys;
  const [node] = seed.nodes;
  if (key === undefined || node === undefined) return [];
  return [
    `Open a session as ${tagged?.name ?? "root"}:`,
    // AWS CLI v1 and boto3 read AWS_DEFAULT_REGION, every other client AWS_REGION.
    `  export AWS_ENDPOINT_URL=${url} AWS_REGION=${seed.region} AWS_DEFAULT_REGION=${seed.region} AWS_ACCESS_KEY_ID=${key.id} AWS_SECRET_ACCESS_KEY=${key.secret}`,
    `  aws ssm start-session --target ${node.id}`,
  ];
}
