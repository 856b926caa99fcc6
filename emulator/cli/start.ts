import { createWriteStream, openSync } from "node:fs";
import type { Writable } from "node:stream";
import Table from "cli-table3";
import pino from "pino";
import pinoPretty from "pino-pretty";
import { type Emulator, startEmulator } from "../app.ts";
import type { Config } from "../config.ts";
import { ConfigError } from "../errors.ts";
import type { SessionEvent } from "../operations/ports/session-events.ts";
import type { Seed } from "../seed/seed-schema.ts";

/** Graceful ends take their time within this; then the process ends anyway. */
const shutdownTimeoutMs = 10_000;

/** Starts the emulator, says when it is ready, and ends it on SIGINT and SIGTERM. */
export async function start(config: Config, seed: Seed): Promise<void> {
  const onSessionEvent = sessionLogWriter(config.sessionLog);
  if (seed.nodes.length > 0)
    process.stderr.write(`Starting ${seed.nodes.length} managed node(s) in Docker …\n`);
  const emulator = await startEmulator({
    seed,
    host: config.host,
    port: config.port,
    tlsPort: config.tlsPort,
    stateDirectory: config.stateDir,
    allowedHosts: config.allowedHosts,
    verifySignatures: config.verifySignatures,
    tunnelOtherHosts: config.tunnelOtherHosts,
    service: {
      streamUrlForm: config.streamUrl,
      missingRunAsUserRefusedBy: config.missingRunAsUserRefusedBy,
      repeatedTerminate: config.repeatedTerminate,
    },
    session: { startErrorDelayMs: config.startErrorDelayMs, resumeGraceMs: config.resumeGraceMs },
    nodes: {
      owner: config.nodesOwner,
      dockerHost: config.dockerHost,
      image: config.nodeImage,
      baseImage: config.nodeBaseImage,
      network: config.nodeNetwork,
      onProgress: (line) => process.stderr.write(`  ${line}\n`),
    },
    keepNodes: config.keepNodes,
    logger: newLogger(config),
    ...(onSessionEvent !== undefined && { onSessionEvent }),
  });
  endOnSignal(emulator);
  process.stderr.write(`${banner(emulator, seed, config.publicUrl ?? emulator.url)}\nReady.\n`);
}

/** Log lines go to standard error, so that standard output is free for session events. */
function newLogger({ logLevel, logFormat }: Config): pino.Logger {
  const isPretty = logFormat === "pretty" || (logFormat === "auto" && process.stderr.isTTY);
  const options = { level: logLevel, redact: ["req.headers.authorization", "*.tokenValue"] };
  return isPretty
    ? pino(options, pinoPretty({ destination: 2, colorize: process.stderr.isTTY, ignore: "pid,hostname" }))
    : pino(options, pino.destination(2));
}

/** One line of JSON an event: AWS's own event object. @throws ConfigError when the file cannot be opened */
function sessionLogWriter(path: string | undefined): ((event: SessionEvent) => void) | undefined {
  if (path === undefined) return undefined;
  const stream = openSessionLog(path);
  // Sessions go on without it, as the real agent's do without its log.
  stream.once("error", (error) => process.stderr.write(`The session log ends: ${path}: ${error.message}\n`));
  stream.on("error", () => {});
  return ({ message }) => void stream.write(`${message}\n`);
}

function openSessionLog(path: string): Writable {
  if (path === "-") return process.stdout;
  try {
    return createWriteStream(path, { fd: openSync(path, "a") });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The session log cannot be written: ${reason}`, { cause: error });
  }
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
    nodes.toString(),
    personas.toString(),
    ...firstSession(seed, url),
    "",
  ].join("\n");
}

/** Lines to copy into a shell, which need nothing but the AWS CLI and its plugin. */
function firstSession(seed: Seed, url: string): string[] {
  const tagged = seed.users.find(({ tags }) => "SSMSessionRunAs" in tags);
  const [key] = tagged?.accessKeys ?? seed.rootAccessKeys;
  const [node] = seed.nodes;
  if (key === undefined || node === undefined) return [];
  return [
    `Open a session as ${tagged?.name ?? "root"}:`,
    `  export AWS_ENDPOINT_URL=${url} AWS_REGION=${seed.region} AWS_ACCESS_KEY_ID=${key.id} AWS_SECRET_ACCESS_KEY=${key.secret}`,
    `  aws ssm start-session --target ${node.id}`,
  ];
}
