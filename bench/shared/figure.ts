import Table from "cli-table3";

/** One line of the result: what was measured, and the same of the peer in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: "ms" | "MB/s" | "shells/s" | "MB";
  readonly value: number;
  /** Undefined where nothing is comparable. */
  readonly peer: { readonly name: string; readonly value: number } | undefined;
  readonly goal: Goal | undefined;
  /** The same of the real agent and plugin, recorded once on another machine. @see agent-gateway reference, section 11 */
  readonly realAgent?: number;
}

/** What `design.md` asks for, section 4. */
export type Goal =
  | { readonly type: "ratio-at-most"; readonly bound: number }
  | { readonly type: "ratio-at-least"; readonly bound: number }
  | { readonly type: "difference-at-most"; readonly bound: number }
  | { readonly type: "at-most"; readonly bound: number }
  | { readonly type: "at-least"; readonly bound: number };

const head = ["Figure", "ssm-emulator", "Peer", "Peer's figure", "Ratio", "Goal", "Met", "Real agent"];

/** The figures as a table for a terminal. */
export function terminalTable(figures: readonly Figure[]): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...figures.map(cells));
  return table.toString();
}

/** The figures as a table in Markdown. */
export function markdownTable(figures: readonly Figure[]): string {
  const lines = [head, head.map(() => "---"), ...figures.map(cells)];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cells(figure: Figure): string[] {
  const { name, unit, value, peer, goal, realAgent } = figure;
  return [
    name,
    `${number(value)} ${unit}`,
    peer?.name ?? "",
    peer === undefined ? "" : `${number(peer.value)} ${unit}`,
    peer === undefined ? "" : (value / peer.value).toFixed(2),
    goal === undefined ? "" : goalText(goal, unit),
    goal === undefined ? "" : isMet(figure, goal) ? "yes" : "no",
    realAgent === undefined ? "" : `${number(realAgent)} ${unit}`,
  ];
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function goalText(goal: Goal, unit: string): string {
  switch (goal.type) {
    case "ratio-at-most":
      return `≤ ${goal.bound} × peer`;
    case "ratio-at-least":
      return `≥ ${goal.bound} × peer`;
    case "difference-at-most":
      return `≤ peer + ${goal.bound} ${unit}`;
    case "at-most":
      return `≤ ${goal.bound} ${unit}`;
    case "at-least":
      return `≥ ${goal.bound} ${unit}`;
  }
}

function isMet({ value, peer }: Figure, { type, bound }: Goal): boolean {
  if (type === "at-most") return value <= bound;
  if (type === "at-least") return value >= bound;
  if (peer === undefined) throw new Error(`A goal of type ${type} needs a peer`);
  if (type === "difference-at-most") return value - peer.value <= bound;
  const ratio = value / peer.value;
  return type === "ratio-at-most" ? ratio <= bound : ratio >= bound;
}
