import type { Decision } from "../../access/decision.ts";
import type { Principal } from "../../access/principal.ts";
import type { AgentReading } from "../../documents/read-as-agent.ts";

/** What the service hands to the node's agent at StartSession. @see agent-gateway reference, section 7 */
export interface StartSessionTask {
  readonly sessionId: string;
  readonly target: string;
  readonly documentName: string;
  /** Parameters are in their places. What the agent cannot parse it never answers. */
  readonly document: AgentReading;
  /** The caller's `SSMSessionRunAs` tag, `""` without one. */
  readonly runAsUser: string;
  readonly principal: Principal;
  readonly reason: string | undefined;
  /** The service half of the Run As decision. */
  readonly decision: Decision;
}

/** Starts and ends live sessions; the records are in the account's state. */
export interface SessionControl {
  /** Hands the task to the node. Returns the token for the data channel, which is good for one session. */
  start(task: StartSessionTask): { readonly tokenValue: string };
  /** A fresh token while the session lives; undefined once it has ended. */
  resume(sessionId: string): { readonly tokenValue: string } | undefined;
  /** Ends the session; harmless when it has ended already. */
  terminate(sessionId: string): void;
}
