/** Status of a session. @see API_Session, Status */
export type SessionStatus =
  | "Connecting"
  | "Connected"
  | "Disconnected"
  | "Terminating"
  | "Terminated"
  | "Failed";

export type SessionEvent =
  /** The node has the task. */
  | "agent-connected"
  | "client-attached"
  | "client-lost"
  /** It could not be started, or failed. */
  | "start-failed"
  /** TerminateSession, a client's flag, a timeout. */
  | "end-requested"
  /** The shell, or what else the session was about, ended by itself. */
  | "plugin-ended"
  /** Nothing of the session is left on the node. */
  | "cleaned-up";

const transitions: Readonly<Record<SessionStatus, Readonly<Partial<Record<SessionEvent, SessionStatus>>>>> = {
  Connecting: {
    "agent-connected": "Connected",
    "client-attached": "Connecting",
    "client-lost": "Connecting",
    "start-failed": "Failed",
    "end-requested": "Terminating",
  },
  Connected: {
    "client-attached": "Connected",
    "client-lost": "Disconnected",
    "start-failed": "Failed",
    "end-requested": "Terminating",
    "plugin-ended": "Terminating",
  },
  Disconnected: {
    "client-attached": "Connected",
    "start-failed": "Failed",
    "end-requested": "Terminating",
    "plugin-ended": "Terminating",
  },
  Terminating: {
    "client-attached": "Terminating",
    "client-lost": "Terminating",
    "start-failed": "Terminating",
    "end-requested": "Terminating",
    "plugin-ended": "Terminating",
    "cleaned-up": "Terminated",
  },
  Terminated: { "client-attached": "Terminated", "client-lost": "Terminated" },
  Failed: { "client-attached": "Failed", "client-lost": "Failed" },
};

/**
 * The status after an event. A session is Connected from the agent's report on, even before its first client.
 * @throws Error when the event cannot happen in this status
 * @see agent-gateway reference, section 9, rule 4
 * @unverified The final status after a failed start; DescribeSessions of a real one would settle it.
 */
export function nextStatus(status: SessionStatus, event: SessionEvent): SessionStatus {
  const next = transitions[status][event];
  if (next === undefined) throw new Error(`A session that is ${status} takes no event ${event}`);
  return next;
}
