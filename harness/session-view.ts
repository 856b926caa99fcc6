import type { Decision } from "../emulator/access/decision.ts";
import type { EpochMillis } from "../emulator/clock.ts";
import type { SessionStatus } from "../emulator/session/lifecycle.ts";

/** A session as the emulator's admin API shows it. */
export interface SessionView {
  readonly sessionId: string;
  /** Node id. */
  readonly target: string;
  readonly status: SessionStatus;
  readonly startedAt: EpochMillis;
  /** Absent while anything of it lives on the node, or its log is incomplete. */
  readonly endedAt?: EpochMillis;
  readonly documentName: string;
  readonly ownerArn: string;
  readonly reason?: string;
  /** OS user, once the node has decided. */
  readonly runAsUser?: string;
  /** What the client was told at the end. */
  readonly closingOutput?: string;
  readonly decision: Decision;
}

/** A managed node as the emulator's admin API shows it. */
export interface NodeView {
  /** `i-` + 17 hex, or `mi-` + 17 hex. */
  readonly nodeId: string;
  readonly name: string;
  readonly pingStatus: "Online" | "ConnectionLost";
  readonly platformName: string;
  readonly ipAddress: string;
}

/** A process that a session started and that lives on the node. */
export interface NodeProcess {
  readonly pid: number;
  /** OS user. */
  readonly user: string;
  /** One letter, as `ps` shows it. */
  readonly state: string;
  readonly command: string;
}
