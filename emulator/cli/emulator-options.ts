import { createWriteStream, openSync } from "node:fs";
import type { Writable } from "node:stream";
import pino from "pino";
import pinoPretty from "pino-pretty";
import type { EmulatorOptions } from "../app.ts";
import type { Config } from "../config.ts";
import { ConfigError } from "../errors.ts";
import type { SessionEvent } from "../operations/ports/session-events.ts";
import type { Seed } from "../seed/seed-schema.ts";

/** What the settings ask of an emulator of this process. @throws ConfigError when the session log cannot be opened */
export function emulatorOptions(config: Config, seed: Seed): EmulatorOptions {
  const onSessionEvent = sessionLogWriter(config.sessionLog);
  return {
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
      engine: config.nodeEngine,
      dockerHost: config.dockerHost,
      image: config.nodeImage,
      baseImage: config.nodeBaseImage,
      network: config.nodeNetwork,
      temporary: config.temporaryNodes,
      onProgress: (line) => process.stderr.write(`  ${line}\n`),
    },
    keepNodes: config.keepNodes,
    logger: newLogger(config),
    ...(onSessionEvent !== undefined && { onSessionEvent }),
  };
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
