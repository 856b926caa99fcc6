import type { Clock } from "../../clock.ts";
import { formatGoValue } from "../../documents/go-value.ts";
import { ManagedNodeError } from "../../errors.ts";
import { type PortProperties, portProperties } from "../../protocol/port-properties.ts";
import { decideAgentPortFeatures } from "../../session/port-features.ts";
import type { StartRefusal } from "../decide-shell.ts";
import type { ManagedNode } from "../managed-node.ts";
import type { PluginStart, SessionPlugin, SessionPluginHost } from "../session-plugin.ts";
import { BasicPort } from "./basic-port.ts";
import { isDeniedAddress } from "./denied-addresses.ts";
import { MuxPort } from "./mux-port.ts";
import { DialError, PortDialer } from "./port-dialer.ts";
import { findWrongParameter } from "./port-parameters.ts";

export interface PortTask {
  /** The document's, with its parameters in their places. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly agentVersion: string;
  readonly clientVersion: string;
}

export interface PortOptions {
  readonly host: SessionPluginHost;
  /** By which connections and the client are waited for. */
  readonly realClock: Clock;
  /** Gives up a connection that is being made: the session ends before it has started. */
  readonly signal?: AbortSignal | undefined;
}

type Node = Pick<ManagedNode, "resolveHost" | "dial">;

/**
 * Opens what a port session is about, as root: Run As plays no part. Failures are told without a banner and at once.
 * @see agent-behaviour reference, section 5; amazon-ssm-agent `agent/session/plugins/port/port.go`
 */
export async function openPort(node: Node, task: PortTask, options: PortOptions): Promise<PluginStart> {
  const problem = findProblem(task.properties);
  if (problem !== undefined) return refused(problem);
  const properties = portProperties(task.properties);
  const { host, portNumber } = properties;
  const addresses = await findAddresses(node, host, options.host);
  if (host !== "" && addresses.some(isDeniedAddress)) {
    return refused(`Forwarding to IP address ${host} is forbidden.`);
  }
  const plugin = await openMode(
    new PortDialer({ ...options, node, addresses, portNumber }),
    properties,
    task,
    options,
  );
  if ("type" in plugin) return plugin;
  const to = host === "" ? "the node" : `${host} (${addresses.join(", ") || "unknown"})`;
  const finding = `the agent, as root, connects to port ${portNumber} of ${to}`;
  return { type: "started", plugin, userName: "", steps: [{ by: "node", finding }] };
}

function findProblem(properties: PortTask["properties"]): string | undefined {
  const problem = findWrongParameter(properties);
  if (problem !== undefined) return `Unable to remarshal session properties. ${problem}`;
  if (portProperties(properties).portNumber !== "") return undefined;
  return `Port number is empty in session properties. ${formatGoValue(properties)}`;
}

/** As `localhost` is on Amazon Linux; the second is for what listens on IPv6 only. */
const localhost = ["127.0.0.1", "::1"];

/** A host that cannot be looked up is no failure yet. */
async function findAddresses(node: Node, name: string, host: SessionPluginHost): Promise<readonly string[]> {
  if (name === "") return localhost;
  try {
    return await node.resolveHost(name);
  } catch (error) {
    if (!(error instanceof ManagedNodeError)) throw error;
    host.onError(error);
    return [];
  }
}

async function openMode(
  dialer: PortDialer,
  { type }: PortProperties,
  { agentVersion, clientVersion }: PortTask,
  { host, realClock }: PortOptions,
): Promise<SessionPlugin | StartRefusal> {
  const { mode, keepAlive } = decideAgentPortFeatures(type, agentVersion, clientVersion);
  if (mode === "mux") {
    return new MuxPort({ dialer, host, keepAlive, realClock });
  }
  try {
    const reconnects = type === "LocalPortForwarding";
    return new BasicPort({ dialer, host, reconnects }, await dialer.dial());
  } catch (error) {
    if (error instanceof DialError) return refused(`Unable to connect to specified port: ${error.message}`);
    throw error;
  }
}

function refused(output: string): StartRefusal {
  return { type: "refused", output, delayed: false, steps: [{ by: "node", finding: output }] };
}
