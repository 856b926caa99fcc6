import type { AgentReading } from "./read-as-agent.ts";
import type { ResolvedSessionDocument } from "./resolve-session-document.ts";

/** An input as the agent has it, and who says so. */
export interface ExplainedInput {
  readonly name: string;
  readonly value: string | boolean;
  readonly from: string;
}

/** The inputs that decide whether a shell starts, as whom, and where its log goes. */
const decidingInputs = [
  "runAsEnabled",
  "runAsDefaultUser",
  "cloudWatchLogGroupName",
  "cloudWatchEncryptionEnabled",
  "cloudWatchStreamingEnabled",
  "s3BucketName",
  "s3EncryptionEnabled",
] as const;

/** The inputs that decide, each with its origin; none of a document that the agent cannot parse. */
export function explainInputs(document: ResolvedSessionDocument, reading: AgentReading): ExplainedInput[] {
  if (reading.type === "unparsable") return [];
  const { inputs } = reading.document;
  return decidingInputs.map((name) => ({
    name,
    value: inputs[name],
    from: originOf(document.content.inputs[name], document),
  }));
}

function originOf(written: unknown, { inputsOf }: ResolvedSessionDocument): string {
  if (inputsOf === undefined) return "no preferences are set";
  if (written === undefined) return "not set";
  const { name, version } = inputsOf;
  const place = version === undefined ? name : `${name} version ${version}`;
  const parameter = typeof written === "string" && /\{\{\s*([a-zA-Z0-9]+)\s*\}\}/.exec(written)?.[1];
  return parameter ? `${place}, parameter ${parameter}` : place;
}
