import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SSMClient,
  waitUntilCommandExecuted,
} from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithAwsCli } from "../helpers/programs.ts";
import { processesOn } from "./node.ts";

/** AWS's own clients send scripts to a container. */

const run = promisify(execFile);

describeWithAwsCli("Run Command", () => {
  let lab: TestEmulator;
  let ssm: SSMClient;
  beforeAll(async () => {
    lab = await startTestEmulator();
    ssm = lab.ssm("alice");
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  async function send(commands: readonly string[], parameters: Record<string, string[]> = {}) {
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: "AWS-RunShellScript",
        InstanceIds: [webNodeId],
        Parameters: { commands: [...commands], ...parameters },
      }),
    );
    return { CommandId: Command?.CommandId, InstanceId: webNodeId };
  }

  const get = (invocation: Awaited<ReturnType<typeof send>>) =>
    ssm.send(new GetCommandInvocationCommand(invocation));

  async function ended(invocation: Awaited<ReturnType<typeof send>>) {
    return await expect
      .poll(() => get(invocation), { timeout: 20_000, interval: 50 })
      .not.toMatchObject({ Status: expect.stringMatching(/Pending|InProgress|Cancelling/) })
      .then(() => get(invocation));
  }

  /** Processes on the node that began with these words, without the shells that started them. */
  const sleeping = async (words: string) =>
    (await processesOn(lab)).filter((line) => line.replace(/^\d+ /, "").startsWith(words));

  const result = async (commands: readonly string[], parameters?: Record<string, string[]>) =>
    await ended(await send(commands, parameters));

  it("runs a script as root, for the SDK's waiter", async () => {
    const invocation = await send([
      "id -un",
      "pwd",
      'echo "$SSM_COMMAND_ID"',
      "printenv HOME || echo no HOME",
    ]);
    const waited = await waitUntilCommandExecuted(
      { client: ssm, maxWaitTime: 20, minDelay: 1, maxDelay: 1 },
      invocation,
    );
    expect(waited.state).toBe("SUCCESS");
    expect(await get(invocation)).toMatchObject({
      Status: "Success",
      ResponseCode: 0,
      StandardOutputContent: `root\n/usr/bin\n${invocation.CommandId}\nno HOME\n`,
      StandardErrorContent: "",
      ExecutionElapsedTime: expect.stringMatching(/^PT[\d.]+S$/),
    });
  });

  it("runs for the AWS CLI, whose list shows both outputs", async () => {
    const aws = async (...args: readonly string[]) => {
      const { stdout } = await run("aws", ["ssm", ...args], { env: lab.environment("alice") });
      return stdout === "" ? {} : JSON.parse(stdout);
    };
    const sent = await aws(
      ...["send-command", "--document-name", "AWS-RunShellScript", "--targets", "Key=tag:Name,Values=web-1"],
      ...["--parameters", "commands=echo out; echo err >&2; exit 3"],
    );
    const { CommandId } = sent.Command;
    const invocation = { CommandId, InstanceId: webNodeId };
    await ended(invocation);
    const ids = ["--command-id", CommandId];
    const { CommandId: other = "" } = await send(["true"]);
    await ended({ CommandId: other, InstanceId: webNodeId });
    await aws("wait", "command-executed", "--command-id", other, "--instance-id", webNodeId);
    expect(await aws("get-command-invocation", ...ids, "--instance-id", webNodeId)).toMatchObject({
      Status: "Failed",
      ResponseCode: 3,
      StandardOutputContent: "out\n",
      StandardErrorContent: "err\nfailed to run commands: exit status 3",
    });
    expect(await aws("list-command-invocations", ...ids, "--details")).toMatchObject({
      CommandInvocations: [
        {
          CommandPlugins: [
            { Output: "out\n\n----------ERROR-------\nerr\nfailed to run commands: exit status 3" },
          ],
        },
      ],
    });
    expect(await aws("list-commands", ...ids)).toMatchObject({
      Commands: [{ Status: "Failed", TargetCount: 1, CompletedCount: 1, ErrorCount: 1 }],
    });
  });

  it("lets the first line name the interpreter, and leaves quotes alone", async () => {
    const { StandardOutputContent } = await result(["#!/bin/cat", 'it\'s "$0"', "%s \\n"]);
    expect(StandardOutputContent).toBe('#!/bin/cat\nit\'s "$0"\n%s \\n\n');
  });

  it.each([
    ["/tmp", { Status: "Success", StandardOutputContent: "/tmp\n" }],
    ["tmp", { Status: "Success", StandardOutputContent: "/usr/bin\n" }],
    [
      "/nope",
      {
        Status: "Failed",
        ResponseCode: 1,
        StandardErrorContent: "failed to run commands: fork/exec /usr/bin/sh: no such file or directory",
      },
    ],
  ])("runs in the working directory %s", async (workingDirectory, expected) => {
    expect(await result(["pwd"], { workingDirectory: [workingDirectory] })).toMatchObject(expected);
  });

  it("cuts a long output and reads all of it", async () => {
    const { StandardOutputContent = "", StandardErrorContent } = await result([
      "head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2",
    ]);
    expect(StandardOutputContent).toBe(`${"x".repeat(23_980)}--output truncated--`);
    expect(StandardErrorContent).toBe("end\n");
  });

  it("kills all of a script that is cancelled", async () => {
    const invocation = await send(["sleep 4001 & sleep 4002"]);
    await expect.poll(() => sleeping("sleep 400"), { timeout: 10_000 }).toHaveLength(2);
    await ssm.send(new CancelCommandCommand({ CommandId: invocation.CommandId }));
    expect(await ended(invocation)).toMatchObject({ Status: "Cancelled", ResponseCode: 137 });
    expect(await sleeping("sleep 400")).toEqual([]);
  });

  it("times out by the emulator's clock, and leaves nothing", async () => {
    const invocation = await send(["echo before; sleep 4003"], { executionTimeout: ["600"] });
    await expect.poll(() => sleeping("sleep 4003"), { timeout: 10_000 }).toHaveLength(1);
    await lab.emulator.advance(600_000);
    expect(await get(invocation)).toMatchObject({
      StatusDetails: "ExecutionTimedOut",
      ResponseCode: 137,
      StandardOutputContent: "before\n",
      ExecutionElapsedTime: expect.stringMatching(/^PT10M/),
    });
    expect(await sleeping("sleep 4003")).toEqual([]);
    await lab.emulator.reset();
  });

  it("is in progress on a node that was stopped until it expires, as nobody answers", async () => {
    const invocation = await send(["sleep 4005"]);
    await expect.poll(() => sleeping("sleep 4005"), { timeout: 10_000 }).toHaveLength(1);
    await lab.emulator.nodes.get(webNodeId)?.stop();
    await lab.emulator.advance(0);
    expect(await get(invocation)).toMatchObject({ Status: "InProgress" });
    const refused = expect(send(["true"])).rejects;
    await refused.toMatchObject({
      name: "InvalidInstanceId",
      message: expect.stringMatching(/not in a valid state/),
    });
    await lab.emulator.advance(7_200_000);
    expect(await get(invocation)).toMatchObject({ Status: "TimedOut", StatusDetails: "DeliveryTimedOut" });
    await lab.emulator.reset();
  });

  it("ends with a reset, and is forgotten", async () => {
    await send(["sleep 4004"]);
    await expect.poll(() => sleeping("sleep 4004"), { timeout: 10_000 }).toHaveLength(1);
    await lab.emulator.reset();
    expect(await sleeping("sleep 4004")).toEqual([]);
    expect((await ssm.send(new ListCommandsCommand({}))).Commands).toEqual([]);
    expect((await ssm.send(new ListCommandInvocationsCommand({}))).CommandInvocations).toEqual([]);
  });
});
