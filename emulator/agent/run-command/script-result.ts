import type { InvocationRecord } from "../../operations/ports/command-record.ts";
import type { ProcessExit } from "../managed-node.ts";
import { joinOutputs, truncateTold } from "./script-output.ts";

export type ScriptEnd =
  | ProcessExit
  /** In the words of Go, why there is no process. */
  | { readonly type: "not-started"; readonly reason: string }
  | { readonly type: "stopped"; readonly state: "Cancelled" | "ExecutionTimedOut" };

export type ScriptResult = Pick<
  InvocationRecord,
  "state" | "responseCode" | "standardOutput" | "standardError" | "output"
>;

/** 128 and the number of SIGKILL. @see amazon-ssm-agent agent/appconfig/constants_unix.go */
const stoppedExitCode = 137;
/** What the service keeps of standard error, which the agent cuts later. @see aws-api reference, section 2.5 */
const maxErrorCharacters = 8_000;

/** Exit codes by which a step says that it is the last. @see amazon-ssm-agent agent/framework/runpluginutil/runpluginutil.go */
const lastStepSuccess = 168;
const lastStepFailure = 169;
const lastStepText = (code: number, verdict: string) =>
  `\nStep exited with code ${code}. Therefore, marking step as ${verdict}. Further document steps will be skipped.`;

/**
 * What the agent makes of a script's end: the script's outputs, and at the end of standard error what went wrong.
 * @see amazon-ssm-agent agent/plugins/runscript/runscript.go, agent/executers/executers.go
 * @unverified That the service cuts standard error to 8000 characters and adds nothing; a longer one would settle it.
 */
export function scriptResult(end: ScriptEnd, stdout: Buffer, stderr: Buffer): ScriptResult {
  const state = stateOf(end);
  const failure = state === "Failed" ? `failed to run commands: ${describe(end)}` : "";
  const responseCode = exitCodeOf(end);
  const isLast = responseCode === lastStepSuccess;
  const errors = isLast ? Buffer.alloc(0) : Buffer.concat([stderr, Buffer.from(failure)]);
  const added = Buffer.from(addition(responseCode));
  return {
    state,
    responseCode,
    standardOutput: truncateTold(Buffer.concat([stdout, added])),
    standardError: truncateTold(isLast ? errors : Buffer.concat([errors, added])).slice(
      0,
      maxErrorCharacters,
    ),
    output: joinOutputs(stdout, errors),
  };
}

function addition(responseCode: number): string {
  if (responseCode === lastStepSuccess) return lastStepText(responseCode, "succeeded");
  return responseCode === lastStepFailure ? lastStepText(responseCode, "Failed") : "";
}

/** A script that itself exits as killed ones do is taken for one that the agent has stopped. */
function stateOf(end: ScriptEnd): ScriptResult["state"] {
  if (end.type === "stopped") return end.state;
  const code = exitCodeOf(end);
  if (code === stoppedExitCode) return "ExecutionTimedOut";
  return code === 0 || code === lastStepSuccess ? "Success" : "Failed";
}

function exitCodeOf(end: ScriptEnd): number {
  switch (end.type) {
    case "exited":
      return end.code;
    case "killed":
      return -1;
    case "not-started":
      return 1;
    case "stopped":
      return stoppedExitCode;
  }
}

function describe(end: ScriptEnd): string {
  switch (end.type) {
    case "exited":
      return `exit status ${end.code}`;
    case "killed":
      return `signal: ${signalTexts[end.signal] ?? end.signal}`;
    case "not-started":
      return end.reason;
    case "stopped":
      return "";
  }
}

/** @see Go's syscall.Signal on Linux */
const signalTexts: Readonly<Record<string, string>> = {
  SIGABRT: "aborted",
  SIGALRM: "alarm clock",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGUSR1: "user defined signal 1",
  SIGUSR2: "user defined signal 2",
};
