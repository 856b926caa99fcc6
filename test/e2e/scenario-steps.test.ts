import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EmulatorHandle } from "../../harness/emulator-handle.ts";
import { playScenario } from "../../harness/scenario/play-scenario.ts";
import { readScenario } from "../../harness/scenario/read-scenario.ts";
import { startForScenario } from "../../harness/scenario/start-for-scenario.ts";
import { run } from "../cli/run.ts";
import { describeWithNodes } from "../helpers/engine.ts";

/** What all of them are given. */
const head = `name: A story
why: it matters
given:
  users: { alice: { SSMSessionRunAs: ops }, bob: { SSMSessionRunAs: nobody-here }, carol: }
  nodes: { web-1: [ops] }
  preferences: { runAsEnabled: true }
steps:
`;
const firstLine = head.split("\n").length;

function scenarioOf(steps: readonly string[]) {
  return readScenario(`${head}${steps.map((step) => `  - ${step}\n`).join("")}`, "story.yaml");
}

describeWithNodes("a step with sessions", () => {
  let emulator: EmulatorHandle & AsyncDisposable;
  beforeAll(async () => {
    emulator = await startForScenario(scenarioOf(["advance: 1s"]));
  });
  afterAll(() => emulator[Symbol.asyncDispose]());

  async function play(...steps: readonly string[]) {
    await emulator.reset();
    const { result } = await playScenario(scenarioOf(steps), emulator);
    return result.failure ?? result.outcome;
  }

  it.each([
    [
      "types, presses keys and interrupts",
      "start: alice",
      // What is typed while bash starts a program or ends one may be lost.
      "type: sh -c 'echo go$((1+1)); sleep 100'",
      "expect: go2",
      "interrupt: alice",
      "expect: ^C",
      '{ expect: "sh-5.2$ " }',
      '{ keys: "echo a$((1+1))\\r" }',
      "expect: /^a2$/",
    ],
    [
      "gives the terminal a size, and another one",
      "{ start: alice, size: 132x43 }",
      "{ run: stty size, output: 43 132 }",
      "resize: 90x30",
      "{ run: stty size, output: 30 90 }",
    ],
    [
      "names sessions",
      "{ start: alice, session: first }",
      "{ start: alice, session: second }",
      "{ run: X=1, in: first }",
      '{ run: "echo x=$X", in: second, output: /^x=$/ }',
    ],
    [
      "looks at status, end and log",
      "start: alice",
      "{ session: alice, status: Connected }",
      "run: whoami",
      "exit: alice",
      "{ session: alice, status: Terminated, ends: /^$/, runsAs: ops, logged: [whoami, /^ops$/], notLogged: [secret] }",
    ],
    ["compares exit codes", "start: alice", "{ run: \"sh -c 'exit 7'\", exitCode: 7 }"],
    [
      "makes an OS user as in the seed",
      "{ addUser: { name: nobody-here, uid: 4242 } }",
      "{ start: bob, runsAs: nobody-here }",
      "{ run: id -u, output: /^4242$/ }",
    ],
    [
      "takes placeholders in calls",
      "start: alice",
      '{ call: ssm:GetConnectionStatus, with: { Target: "$' +
        '{node.web-1}" }, answer: { Status: connected } }',
      '{ call: ssm:TerminateSession, with: { SessionId: "$' + '{session.alice}" } }',
      '{ session: alice, ends: "" }',
    ],
  ])("%s", async (_title, ...steps) => {
    expect(await play(...steps)).toBe("passed");
  });

  it.each([
    [
      "{ start: bob }",
      "The session was refused.",
      "a shell",
      /^refused by the node: .*nobody-here does not exist/s,
    ],
    [
      "{ start: carol }",
      "The session was refused.",
      "a shell",
      /^refused by the service: BadRequest: Invalid RunAs/,
    ],
    [
      "{ start: alice, refused: no }",
      "The session was not refused.",
      'a refusal with "no"',
      /^a shell of ops$/,
    ],
    [
      "{ start: bob, refused: no such thing }",
      "The refusal is not as expected.",
      '"no such thing"',
      /nobody-here does not exist/,
    ],
    ["{ start: alice, runsAs: root }", "The session runs as another OS user.", "root", /^ops$/],
    ["{ start: alice, silent: 5s }", "The session was answered.", "nothing within 5s", /sh-/],
  ])("tells how it failed, the decision and the screen: %s", async (step, message, expected, actual) => {
    expect(await play(step)).toMatchObject({
      line: firstLine,
      message,
      expected,
      actual: expect.stringMatching(actual),
      decision: expect.stringContaining("Run As is on"),
      screen: expect.any(String),
    });
  });

  it.each([
    [["start: alice", "{ run: whoami, output: root }"], "The output of `whoami` is not as expected.", "ops"],
    [
      ["start: alice", "{ run: 'true', exitCode: 3 }"],
      "The exit code of `true` is not as expected.",
      "exit code 0",
    ],
    [
      ["start: alice", "{ session: alice, status: Failed }"],
      "The session's status is not as expected.",
      "Connected",
    ],
    [
      ["start: alice", "run: whoami", "exit: alice", "{ session: alice, logged: [exit, whoami] }"],
      "The session's log is not as expected.",
      /whoami\nops/,
    ],
    [
      ["start: alice", "run: whoami", "exit: alice", "{ session: alice, notLogged: [ops] }"],
      "The session's log holds what it should not.",
      /ops/,
    ],
  ])("tells what there was instead: %j", async (steps, message, actual) => {
    expect(await play(...steps)).toMatchObject({
      message,
      actual: typeof actual === "string" ? actual : expect.stringMatching(actual),
      screen: expect.stringContaining("sh-"),
      session: expect.stringMatching(/^alice-/),
    });
  });

  it("shows the screen when a text does not come", async () => {
    expect(
      await play("start: alice", "type: echo hello", "{ expect: goodbye, within: 200ms }"),
    ).toMatchObject({
      line: firstLine + 2,
      message: 'Waited 200 ms for the text "goodbye".',
      screen: expect.stringContaining("hello"),
      decision: expect.stringContaining("→ runs as ops"),
    });
  });
});

describeWithNodes("scenario run --record", () => {
  it("writes a recording of each session", async () => {
    const folder = await mkdtemp(join(tmpdir(), "scenario-record-"));
    try {
      const file = join(folder, "story.yaml");
      const steps = ["{ start: alice, size: 100x30 }", "resize: 120x40", "run: whoami", "start: alice"];
      await writeFile(file, `${head}${steps.map((step) => `  - ${step}\n`).join("")}`);
      const record = join(folder, "casts");
      expect((await run("scenario", "run", file, "--record", record)).exitCode).toBe(0);
      expect((await readdir(record)).sort()).toEqual(["story-alice-2.cast", "story-alice.cast"]);
      const [header, ...events] = (await readFile(join(record, "story-alice.cast"), "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(header).toMatchObject({ version: 2, width: 100, height: 30, title: "alice" });
      expect(events).toContainEqual([expect.any(Number), "r", "120x40"]);
      expect(events.map(([, , text]) => text).join("")).toContain("ops\r\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
