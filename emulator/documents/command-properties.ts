import { readGoFlag } from "./go-flag.ts";
import { formatGoValue } from "./go-value.ts";
import { isObject, kindOf } from "./json-value.ts";
import type { SessionDocument } from "./session-document.ts";

/** What a command document says about Linux nodes. Absent texts are `""`, as the agent has them. */
export interface CommandProperties {
  readonly commands: string;
  /** As root, whatever Run As says. */
  readonly runAsElevated: boolean;
  /** A flag, or text for one; read by {@link readOutputSeparation}. */
  readonly separateOutputStream: unknown;
  readonly stdOutSeparatorPrefix: string;
  readonly stdErrSeparatorPrefix: string;
}

/** Whether standard output and error reach the client apart, and what each of their pieces then begins with. */
export type OutputSeparation =
  | { readonly type: "joined" }
  | { readonly type: "separate"; readonly stdout: string; readonly stderr: string };

/** What ends the session; the client is shown the text as it is. */
export interface PropertyFailure {
  readonly type: "invalid";
  readonly text: string;
}

/**
 * Reads the properties of a command document as the agent does.
 * @see agent-behaviour reference, section 2.5; amazon-ssm-agent `agent/session/plugins/singlecommand`
 */
export function readCommandProperties(
  document: Pick<SessionDocument, "sessionType" | "properties">,
): CommandProperties | PropertyFailure {
  const { properties, sessionType } = document;
  const problem = findWrongKind(properties);
  if (problem !== undefined) {
    return invalid(`Invalid format in session properties ${formatGoValue(properties)};\nerror ${problem}`);
  }
  const linux = isObject(properties.linux) ? properties.linux : {};
  const text = (name: string) => (typeof linux[name] === "string" ? linux[name] : "");
  if (text("commands").trim() === "") {
    return invalid(`Commands cannot be empty for session type ${sessionType}`);
  }
  return {
    commands: text("commands"),
    runAsElevated: linux.runAsElevated === true,
    separateOutputStream: linux.separateOutputStream,
    stdOutSeparatorPrefix: text("stdOutSeparatorPrefix"),
    stdErrSeparatorPrefix: text("stdErrSeparatorPrefix"),
  };
}

const prefixPattern = /^[0-9a-zA-Z\r\n_:-]{0,30}$/;

/** @see agent-behaviour reference, section 2.7; amazon-ssm-agent `agent/session/shell/shell.go` */
export function readOutputSeparation(command: CommandProperties): OutputSeparation | PropertyFailure {
  const separate = readGoFlag(command.separateOutputStream);
  if (typeof separate === "object") {
    return invalid(
      `fail to get separateOutPutStream property: unable to convert separateOutPutStream: ${separate.problem}`,
    );
  }
  if (!separate) return { type: "joined" };
  const { stdOutSeparatorPrefix: stdout, stdErrSeparatorPrefix: stderr } = command;
  if (!prefixPattern.test(stdout)) return invalid(`invalid stdoutSeparatorPrefix ${stdout}`);
  if (!prefixPattern.test(stderr)) return invalid(`invalid stderrSeparatorPrefix ${stderr}`);
  return { type: "separate", stdout, stderr };
}

/** In the order in which Go comes upon them. */
const platforms = ["linux", "macos", "windows"];
const kindOfMember: Readonly<Record<string, "string" | "boolean">> = {
  commands: "string",
  runAsElevated: "boolean",
  stdErrSeparatorPrefix: "string",
  stdOutSeparatorPrefix: "string",
};

/** Go's words for the first member that has another kind than its field; null leaves a field as it is. */
function findWrongKind(properties: Readonly<Record<string, unknown>>): string | undefined {
  for (const platform of platforms) {
    const config = properties[platform] ?? {};
    if (!isObject(config)) return wrongKind(config, `ShellProperties.${platform}`, "contracts.ShellConfig");
    for (const [name, kind] of Object.entries(kindOfMember)) {
      const value = config[name] ?? undefined;
      if (value !== undefined && typeof value !== kind) {
        return wrongKind(value, `ShellConfig.${platform}.${name}`, goKind(kind));
      }
    }
  }
  return undefined;
}

function wrongKind(value: unknown, field: string, type: string): string {
  return `json: cannot unmarshal ${goKind(kindOf(value))} into Go struct field ${field} of type ${type}`;
}

function goKind(kind: string): string {
  return kind === "boolean" ? "bool" : kind;
}

function invalid(text: string): PropertyFailure {
  return { type: "invalid", text };
}
