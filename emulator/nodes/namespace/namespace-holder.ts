import { spawn } from "node:child_process";
import { systemClock } from "../../clock.ts";
import { ManagedNodeError } from "../../errors.ts";
import { nodeEnvironment } from "../program-environment.ts";
import { ChildProgram } from "./child-program.ts";

/** A busy machine takes a while; nothing takes this long. */
const startTimeoutMs = 30_000;
const maxComplaintLength = 4_000;

export interface NamespaceHolder {
  readonly program: ChildProgram;
  /** The id of the process that was started. */
  readonly pid: number;
  /** What it said in its first line. */
  readonly firstLine: string;
}

/**
 * Starts a program that holds namespaces until its input ends, as it does with this process, and waits for its first line.
 * @throws ManagedNodeError with what it said instead
 */
export async function startHolder(words: readonly string[], input = ""): Promise<NamespaceHolder> {
  const [file = "", ...args] = words;
  const child = spawn(file, args, { cwd: "/", env: nodeEnvironment, stdio: "pipe" });
  const program = await ChildProgram.of(child).catch((cause: Error) => {
    throw new ManagedNodeError(`${file} cannot be run: ${cause.message}`, { cause });
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (reason: string) => reject(new ManagedNodeError(reason, { cause: reason }));
  let output = "";
  let complaint = "";
  program.onOutput = (piece, from) => {
    if (from === "stderr") {
      complaint = (complaint + piece.toString()).slice(-maxComplaintLength);
      return;
    }
    output += piece.toString();
    const end = output.indexOf("\n");
    if (end >= 0) resolve(output.slice(0, end));
  };
  program.onEnd = () => fail(complaint.trim() || "it ended at once");
  program.input.write(input);
  const cancel = systemClock.at(systemClock.now() + startTimeoutMs, () => fail("it did not start in time"));
  try {
    return { program, pid: child.pid ?? 0, firstLine: await promise };
  } catch (cause) {
    child.kill("SIGKILL");
    throw cause;
  } finally {
    cancel();
  }
}
