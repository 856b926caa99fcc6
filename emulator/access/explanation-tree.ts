import type { ExplainedTag, Explanation } from "./explanation.ts";

/** A text with what is below it. */
export interface Tree {
  readonly text: string;
  readonly children: readonly Tree[];
}

/** An explanation for people: who asks, by which document, what the service and the node say, and how it ends. */
export function explanationTree(explanation: Explanation): Tree {
  const { principal, target, service } = explanation;
  return {
    text: `a session of ${principal.arn} on ${target.name}`,
    children: [
      principalTree(explanation),
      documentTree(explanation),
      branch(`service: ${serviceVerdict(service)}`, service.steps),
      nodeTree(explanation),
      outcomeTree(explanation),
    ],
  };
}

function principalTree({ principal: { type, userId, tags } }: Explanation): Tree {
  return branch(`principal: ${type} ${userId}`, tags.length === 0 ? ["no tags"] : tags.map(describeTag));
}

function describeTag({ key, value, source, transitive, overriddenBy }: ExplainedTag): string {
  const marks = [transitive && "transitive", overriddenBy && `overridden by the ${overriddenBy}`].filter(
    Boolean,
  );
  return `${source} ${key}=${value}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
}

function documentTree({ document }: Explanation): Tree {
  if (document === undefined) return branch("session document: none was read", []);
  const { name, version, inputs } = document;
  const has = (input: string) => inputs.some((other) => other.name === input && other.value !== "");
  const shown = inputs.filter(
    ({ name: input }) =>
      (!input.startsWith("s3") || has("s3BucketName")) &&
      (!/^cloudWatch(Enc|Str)/.test(input) || has("cloudWatchLogGroupName")),
  );
  const place = version === undefined ? name : `${name} version ${version}`;
  return branch(
    `session document: ${place}`,
    shown.map(({ name: input, value, from }) => {
      const origin = from === place ? "" : ` (${from})`;
      return `${input}: ${JSON.stringify(value)}${origin}`;
    }),
  );
}

function serviceVerdict({ outcome, runAsUser = "" }: Explanation["service"]): string {
  if (outcome === "refused") return "refuses";
  return runAsUser === "" ? "lets it pass" : `lets it pass, for ${runAsUser}`;
}

function nodeTree({ node, target }: Explanation): Tree {
  const place = `${target.nodeId}, ${target.pingStatus}`;
  if (node === undefined) return branch(`node: ${place}: is not asked`, []);
  const verdict = { run: "opens the shell", refused: "refuses", silent: "never answers" }[node.outcome];
  const { user } = node;
  const details = user && `groups ${user.groups.join(", ")}; HOME is ${user.home}`;
  return branch(`node: ${place}: ${verdict}`, [...node.steps, ...(details === undefined ? [] : [details])]);
}

function outcomeTree({ outcome }: Explanation): Tree {
  switch (outcome.type) {
    case "run":
      return branch(`outcome: runs as ${outcome.user || "the agent's own user"}`, []);
    case "silent":
      return branch("outcome: StartSession succeeds, and then nothing ever happens", []);
    case "refused":
      if (outcome.by === "service") {
        return branch(`outcome: refused by StartSession: ${outcome.code}`, lines(outcome.text));
      }
      return branch("outcome: refused in the terminal", lines(outcome.text));
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function branch(text: string, leaves: readonly string[]): Tree {
  return { text, children: leaves.map((leaf) => ({ text: leaf, children: [] })) };
}
