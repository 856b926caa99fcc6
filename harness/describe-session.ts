import type { Decision } from "../emulator/access/decision.ts";
import type { Screen } from "./screen.ts";
import type { SessionOutcome } from "./session-outcome.ts";

/** What a message about a session shows of it. */
export interface SessionState {
  readonly sessionId: string | undefined;
  readonly outcome: SessionOutcome;
  readonly decision: Decision | undefined;
  readonly screen: Screen;
}

/** The last screen and the decision trace, for a person who has to find out what went wrong. */
export function describeSession({ sessionId, outcome, decision, screen }: SessionState): string {
  return [
    `On the screen (${screen.columns}x${screen.rows}):`,
    indented(screen.text === "" ? "(nothing)" : screen.text),
    `Session ${sessionId ?? "(none)"}: ${describeOutcome(outcome)}`,
    ...(decision === undefined ? [] : ["Decision:", indented(describeDecision(decision))]),
  ].join("\n");
}

/** The reasons for a session's OS user, one a line. */
export function describeDecision({ steps, outcome, runAsUser, refusal }: Decision): string {
  const results = {
    pending: "not decided yet",
    run: `runs as ${runAsUser || "the agent's own user"}`,
    refused: `refused: ${(refusal ?? "").trim()}`,
  };
  return [...steps.map(({ by, finding }) => `${by}: ${finding}`), `→ ${results[outcome]}`].join("\n");
}

/** In one line. */
export function describeOutcome(outcome: SessionOutcome): string {
  switch (outcome.type) {
    case "running":
      return "running";
    case "refused":
      return `refused by the ${outcome.by}: ${outcome.code === undefined ? "" : `${outcome.code}: `}${oneLine(outcome.message)}`;
    case "ended": {
      const { end } = outcome;
      const words = end.type === "closed" ? end.output : end.type === "failed" ? end.message : "";
      return `ended (${end.type})${words === "" ? "" : `: ${oneLine(words)}`}`;
    }
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
