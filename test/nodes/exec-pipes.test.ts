import { expect, it } from "vitest";
import { systemClock } from "../../emulator/clock.ts";
import { ExecPipes } from "../../emulator/nodes/exec-pipes.ts";
import type { NodeExec, NodeProgram } from "../../emulator/nodes/node-exec.ts";
import { fakeProgram } from "./fake-program.ts";

function open(program: NodeProgram): ReturnType<typeof ExecPipes.open> {
  const exec = { start: async () => program } as Partial<NodeExec> as NodeExec;
  return ExecPipes.open({
    exec,
    clock: systemClock,
    command: { words: ["true"], workingDirectory: "/", input: "none" },
  });
}

it("gives on what a program says on standard error before its engine has told the process id", async () => {
  const program = fakeProgram();
  const opening = open(program);
  await Promise.resolve();
  program.onOutput(Buffer.from("connecting\n"), "stderr");
  program.onOutput(Buffer.from("123\nhello"), "stdout");
  const { pipes, leader } = await opening;
  const given: string[] = [];
  pipes.onOutput = (bytes, from) => given.push(`${from}: ${Buffer.from(bytes)}`);
  pipes.resume();
  expect([leader, given]).toEqual([123, ["stderr: connecting\n", "stdout: hello"]]);
});

it("says what a program complained of that ends without a process id", async () => {
  const program = fakeProgram();
  const opening = open(program);
  await Promise.resolve();
  program.onOutput(Buffer.from("exec failed: no such container"), "stderr");
  program.onEnd();
  await expect(opening).rejects.toThrow(
    "The engine could not start a process: exec failed: no such container",
  );
});
