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

const oldestMultiplexingClient = "1.1.70";

/**
 * What the agent does for a document's `type` with this client: as the client itself, but one that is too old to
 * multiplex gets one connection at a time.
 * @see data-channel reference, section 11; amazon-ssm-agent `agent/session/plugins/port/port.go`, GetSession
 */
export function decidePortMode(type: string, agentVersion: string, clientVersion: string): PortMode {
  const { mode } = decidePortFeatures(type, agentVersion);
  return mode === "mux" && compareVersions(clientVersion, oldestMultiplexingClient) < 0 ? "basic" : mode;
}
