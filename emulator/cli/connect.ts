import { SSMServiceException } from "@aws-sdk/client-ssm";
import { generateDataKey } from "../client/generate-data-key.ts";
import { runSession } from "../client/run-session.ts";
import type { SessionEnd } from "../client/session-end.ts";
import {
  resumeSession,
  type SessionRequest,
  startSession,
  terminateSession,
} from "../client/start-session.ts";
import { ConfigError } from "../errors.ts";
import { callAdminApi } from "./admin-client.ts";
import { personaCredentials } from "./persona-environment.ts";

export interface ConnectOptions {
  readonly endpoint: string;
  readonly as: string;
  readonly documentName?: string;
  /** `key=value`; a key may stand there several times. */
  readonly parameters?: readonly string[];
  readonly reason?: string;
}

/** Runs a command with a terminal. */
const commandDocument = "AWS-StartInteractiveCommand";

/**
 * Opens a session on the terminal that we run on. Resolves with the exit code: 0 at a normal end, 1 when AWS or the node
 * refused, or the connection failed.
 * @throws ConfigError for a node or persona that does not exist
 */
export async function connect(
  target: string,
  command: readonly string[],
  options: ConnectOptions,
): Promise<number> {
  const nodeId = await findNode(options.endpoint, target);
  const variables = await personaCredentials(options);
  const aws = {
    endpoint: options.endpoint,
    region: variables.AWS_REGION ?? "",
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
  const request = sessionRequest(nodeId, command, options);
  try {
    const { client, ...start } = await startSession(aws, request);
    const { stdin: input, stdout: output } = process;
    const end = await runSession({
      start,
      streams: { input, output },
      onInputEnd: "ends-the-shell",
      resume: () => resumeSession(client, start.sessionId),
      terminate: () => terminateSession(client, start.sessionId),
      generateDataKey: (kmsKeyId, signal) =>
        generateDataKey({ kmsKeyId, sessionId: start.sessionId, target: nodeId, signal }, aws),
    }).finally(() => client.destroy());
    return exitCodeOf(end);
  } catch (error) {
    if (!(error instanceof SSMServiceException)) throw error;
    const { name, message } = error;
    process.stderr.write(`An error occurred (${name}) when calling the StartSession operation: ${message}\n`);
    return 1;
  }
}

async function findNode(endpoint: string, target: string): Promise<string> {
  const { nodes } = await callAdminApi<{
    readonly nodes: readonly { readonly nodeId: string; readonly name: string }[];
  }>(endpoint, "/_emulator/nodes");
  const node = nodes.find(({ nodeId }) => nodeId === target) ?? nodes.find(({ name }) => name === target);
  if (node !== undefined) return node.nodeId;
  const known = nodes.map(({ name, nodeId }) => `${name} (${nodeId})`).join(", ");
  throw new ConfigError(`There is no node ${target}. Known: ${known || "none"}.`);
}

function sessionRequest(target: string, command: readonly string[], options: ConnectOptions): SessionRequest {
  const parameters = readParameters(options.parameters ?? []);
  if (command.length > 0) parameters.command = [command.join(" ")];
  const documentName = options.documentName ?? (command.length > 0 ? commandDocument : undefined);
  return {
    target,
    ...(documentName !== undefined && { documentName }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(options.reason !== undefined && { reason: options.reason }),
  };
}

function readParameters(given: readonly string[]): Record<string, string[]> {
  const parameters: Record<string, string[]> = {};
  for (const parameter of given) {
    const [, key = "", value = ""] = /^([^=]+)=([\s\S]*)$/.exec(parameter) ?? [];
    if (key === "") throw new ConfigError(`--parameters: expected KEY=VALUE, found ${parameter}`);
    parameters[key] = [...(parameters[key] ?? []), value];
  }
  return parameters;
}

function exitCodeOf(end: SessionEnd): number {
  switch (end.type) {
    case "closed":
      return end.output === "" ? 0 : 1;
    case "left":
      return 0;
    default:
      return 1;
  }
}
