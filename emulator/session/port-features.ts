import { isVersionAbove } from "./agent-version.ts";
import { compareVersions } from "./client-version.ts";

/**
 * `mux`: any number of connections. `basic`: one connection at a time. `stdio`: the client's standard streams.
 */
export type PortMode = "mux" | "basic" | "stdio";

/** How a client treats a port session. */
export interface PortFeatures {
  readonly mode: PortMode;
  /** In mux mode: sends keep-alives, and gives up when none come. */
  readonly keepAlive: boolean;
  /** A signal ends the session with a flag; otherwise with the API's TerminateSession. */
  readonly terminatesByFlag: boolean;
}

/** An agent above the version has the feature. @see data-channel reference, section 11 */
const above = {
  terminateFlag: "2.3.722.0",
  multiplexing: "3.0.196.0",
  noKeepAlive: "3.1.1511.0",
} as const;

/** What the plugin does for a document's `type` with this agent. @see data-channel reference, sections 10, 10.3 and 11 */
export function decidePortFeatures(type: string, agentVersion: string): PortFeatures {
  const isMultiplexed = isVersionAbove(agentVersion, above.multiplexing);
  return {
    mode: type !== "LocalPortForwarding" ? "stdio" : isMultiplexed ? "mux" : "basic",
    keepAlive: !isVersionAbove(agentVersion, above.noKeepAlive),
    terminatesByFlag: isVersionAbove(agentVersion, above.terminateFlag),
  };
}

/** What the agent does for a client. */
export interface AgentPortFeatures {
  readonly mode: PortMode;
  /** In mux mode: sends keep-alives, and gives up a client that sends nothing. */
  readonly keepAlive: boolean;
}

/** From the first on, and up to the second, a client has the feature. @see data-channel reference, section 11 */
const client = { oldestMultiplexing: "1.1.70", newestWithKeepAlive: "1.2.331.0" } as const;

/**
 * What the agent does for a document's `type` with this client. Its mode is the client's own, but one that is too old to
 * multiplex gets one connection at a time. Its keep-alive goes by the client's version, and the client's by the agent's:
 * a plugin that was built from its source calls itself 1.2.0.0, is expected to send keep-alives, and sends none.
 * @see data-channel reference, section 11; amazon-ssm-agent `agent/session/plugins/port/port.go`, GetSession, and
 * `port_mux.go`, initialize
 */
export function decideAgentPortFeatures(
  type: string,
  agentVersion: string,
  clientVersion: string,
): AgentPortFeatures {
  const { mode, keepAlive } = decidePortFeatures(type, agentVersion);
  const isTooOld = compareVersions(clientVersion, client.oldestMultiplexing) < 0;
  return {
    mode: mode === "mux" && isTooOld ? "basic" : mode,
    keepAlive: keepAlive || compareVersions(clientVersion, client.newestWithKeepAlive) <= 0,
  };
}
