import { readGoFlag } from "./go-flag.ts";
import { isObject, kindOf } from "./json-value.ts";
import type { SessionDocument, SessionDocumentContent, SessionInputs } from "./session-document.ts";

/**
 * What the node's agent makes of a document. An unparsable one is only logged on the node: no reply is sent, and the
 * client waits in silence after "Starting session".
 * @see agent-behaviour reference, section 1.6
 */
export type AgentReading =
  | { readonly type: "parsed"; readonly document: SessionDocument }
  /** `reason` is the agent's error, as its log shows it. */
  | { readonly type: "unparsable"; readonly reason: string };

/** Minutes without input or output after which the service ends a session that says nothing about it. */
export const defaultIdleMinutes = 20;

/**
 * Reads a document whose parameters are in their places, by the agent's rules for types.
 * @see agent-behaviour reference, section 1.2; amazon-ssm-agent `agent/contracts/model.go`, `agent/framework/docparser`
 */
export function readAsAgent(content: SessionDocumentContent): AgentReading {
  const problems: string[] = [];
  const inputs = readInputs(content.inputs, (problem) => problems.push(problem));
  const [reason] = problems;
  return reason === undefined
    ? { type: "parsed", document: { ...content, inputs } }
    : { type: "unparsable", reason };
}

type Inputs = Readonly<Record<string, unknown>>;
type Report = (problem: string) => void;

function readInputs(inputs: Inputs, report: Report): SessionInputs {
  const text = (name: string) => readText(inputs, name, report);
  const flag = (name: string) => readFlag(inputs[name], report);
  return {
    s3BucketName: text("s3BucketName"),
    s3KeyPrefix: text("s3KeyPrefix"),
    s3EncryptionEnabled: flag("s3EncryptionEnabled"),
    cloudWatchLogGroupName: text("cloudWatchLogGroupName"),
    cloudWatchEncryptionEnabled: flag("cloudWatchEncryptionEnabled"),
    cloudWatchStreamingEnabled: readBoolean(inputs, "cloudWatchStreamingEnabled", report),
    kmsKeyId: text("kmsKeyId"),
    runAsEnabled: flag("runAsEnabled"),
    runAsDefaultUser: text("runAsDefaultUser"),
    idleSessionTimeout: readMinutes(inputs.idleSessionTimeout, 60) ?? defaultIdleMinutes,
    maxSessionDuration: readMinutes(inputs.maxSessionDuration, 1440),
    shellProfile: readShellProfile(inputs.shellProfile ?? {}, report),
  };
}

function readShellProfile(profile: unknown, report: Report): SessionInputs["shellProfile"] {
  const members = isObject(profile) ? profile : {};
  if (members !== profile) report(wrongKind("shellProfile", profile, "contracts.ShellProfileConfig"));
  return {
    linux: readText(members, "linux", report, "shellProfile.linux"),
    windows: readText(members, "windows", report, "shellProfile.windows"),
  };
}

function readText(members: Inputs, name: string, report: Report, path = name): string {
  const value = members[name] ?? "";
  if (typeof value === "string") return value;
  report(wrongKind(path, value, "string"));
  return "";
}

function readBoolean(members: Inputs, name: string, report: Report): boolean {
  const value = members[name] ?? false;
  if (typeof value !== "boolean") report(wrongKind(name, value, "bool"));
  return value === true;
}

/** The agent takes text for three of the flags. */
function readFlag(value: unknown, report: Report): boolean {
  const flag = readGoFlag(value);
  if (typeof flag === "boolean") return flag;
  report(flag.problem);
  return false;
}

/**
 * Both limits are the service's; the agent never looks at them.
 * @unverified That the service ignores a limit out of range, which only a parameter's value can bring about.
 */
function readMinutes(value: unknown, max: number): number | undefined {
  const minutes = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : 0;
  return minutes >= 1 && minutes <= max ? minutes : undefined;
}

function wrongKind(path: string, value: unknown, goType: string): string {
  const kind = kindOf(value).replace("boolean", "bool");
  return `json: cannot unmarshal ${kind} into Go struct field SessionInputs.${path} of type ${goType}`;
}
