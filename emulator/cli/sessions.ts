import Table from "cli-table3";
import type { Decision } from "../access/decision.ts";
import { callAdminApi } from "./admin-client.ts";

interface SessionView {
  readonly sessionId: string;
  readonly target: string;
  readonly status: string;
  readonly startedAt: number;
  readonly ownerArn: string;
  readonly runAsUser?: string;
  readonly decision: Decision;
}

/** The sessions as a table, newest first; with `why`, each with the reasons for its OS user. */
export async function describeSessions(options: {
  readonly endpoint: string;
  readonly json: boolean;
  readonly why: boolean;
}): Promise<string> {
  const { sessions } = await callAdminApi<{ sessions: SessionView[] }>(
    options.endpoint,
    "/_emulator/sessions",
  );
  if (options.json) return JSON.stringify(sessions, null, 2);
  if (sessions.length === 0) return "No sessions yet.";
  const table = new Table({
    head: ["Session", "Node", "Status", "Started", "Owner", "OS user"],
    style: { head: [], border: [] },
  });
  for (const session of sessions) {
    table.push([
      session.sessionId,
      session.target,
      session.status,
      new Date(session.startedAt).toISOString(),
      session.ownerArn,
      session.runAsUser ?? "",
    ]);
    if (options.why) table.push([{ colSpan: 6, content: describeDecision(session.decision) }]);
  }
  return table.toString();
}

function describeDecision(decision: Decision): string {
  const outcome =
    decision.outcome === "refused"
      ? `refused: ${decision.refusal ?? ""}`
      : decision.outcome === "run"
        ? `runs as ${decision.runAsUser || "the agent's own user"}`
        : "not decided yet";
  return [...decision.steps.map(({ by, finding }) => `${by}: ${finding}`), `→ ${outcome}`].join("\n");
}
