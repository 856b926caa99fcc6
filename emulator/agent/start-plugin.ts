import type { Clock } from "../clock.ts";
import type { SessionDocument } from "../documents/session-document.ts";
import type { ManagedNode } from "./managed-node.ts";
import { openPort } from "./port/open-port.ts";
import type { PluginStart, SessionPluginHost } from "./session-plugin.ts";
import { startShell } from "./start-shell.ts";

/** What the agent was handed, and what it has learned of the client since. */
export interface PluginTask {
  readonly document: SessionDocument;
  /** The caller's tag, `""` without one. */
  readonly runAsUser: string;
  readonly isLogGroupEncrypted: (groupName: string) => boolean;
  readonly agentVersion: string;
  /** Undefined of a client that did no handshake. */
  readonly clientVersion: string | undefined;
}

/** Starts what the session's type asks for. @see agent-behaviour reference, section 1.6 */
export function startPlugin(
  node: ManagedNode,
  task: PluginTask,
  options: { readonly host: SessionPluginHost; readonly realClock: Clock; readonly signal: AbortSignal },
): Promise<PluginStart> {
  const { document, agentVersion, clientVersion = "" } = task;
  if (document.sessionType !== "Port") return startShell(node, task, options);
  return openPort(node, { properties: document.properties, agentVersion, clientVersion }, options);
}
