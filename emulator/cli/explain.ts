import type { Explanation } from "../access/explanation.ts";
import { explanationTree, type Tree } from "../access/explanation-tree.ts";
import { callAdminApi } from "./admin-client.ts";
import { withVisibleControls } from "./visible-controls.ts";

export interface ExplainOptions {
  readonly endpoint: string;
  readonly json: boolean;
  readonly as: string;
  readonly target: string;
  readonly documentName?: string;
  /** `KEY=VALUE` each. */
  readonly sessionTag: readonly string[];
  readonly roleSessionName?: string;
}

/**
 * Why a session would run as whom, or be refused, as a tree or as JSON.
 * @throws ConfigError for a persona, node or document that does not exist
 */
export async function describeExplanation(options: ExplainOptions): Promise<string> {
  const { as, target, documentName, roleSessionName } = options;
  const query = new URLSearchParams({
    as,
    target,
    ...(documentName !== undefined && { documentName }),
    ...(roleSessionName !== undefined && { roleSessionName }),
  });
  for (const tag of options.sessionTag) query.append("sessionTag", tag);
  const explanation = await callAdminApi<Explanation>(options.endpoint, `/_emulator/explain?${query}`);
  return options.json ? JSON.stringify(explanation, null, 2) : drawTree(explanationTree(explanation));
}

function drawTree({ text, children }: Tree): string {
  return [withVisibleControls(text), ...children.flatMap(drawChild)].join("\n");
}

function drawChild(child: Tree, index: number, siblings: readonly Tree[]): string[] {
  const [first = "", ...rest] = drawTree(child).split("\n");
  const isLast = index === siblings.length - 1;
  return [`${isLast ? "└─" : "├─"} ${first}`, ...rest.map((line) => `${isLast ? "  " : "│ "} ${line}`)];
}
