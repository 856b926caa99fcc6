import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlayOptions, playScenario } from "../../../harness/scenario/play-scenario.ts";
import type { Scenario } from "../../../harness/scenario/scenario.ts";
import type { StepResult } from "../../../harness/scenario/scenario-result.ts";
import { startForScenario } from "../../../harness/scenario/start-for-scenario.ts";
import { defineVerb, Step } from "../../../harness/scenario/verb.ts";
import type { LocalEmulator } from "../../../harness/start-emulator.ts";
import { firstLine, scenarioOf } from "./fixtures.ts";

let emulator: LocalEmulator;
beforeAll(async () => {
  emulator = await startForScenario(scenarioOf(["advance: 1s"]));
});
afterAll(() => emulator.close());

/** `passed`, or why it failed. */
async function play(...steps: readonly string[]) {
  const { result } = await playScenario(scenarioOf(steps), emulator);
  return result.failure ?? result.outcome;
}

/** A scenario of one step that does what is given. */
function scenarioThat(run: () => Promise<void>, waitsMs = 0): Scenario {
  const schema = Step("", { act: Type.Literal(true) });
  const verb = defineVerb({ name: "act", schema, run, waitsMs: () => waitsMs });
  const scenario = scenarioOf(["advance: 1s"]);
  return { ...scenario, steps: [{ line: firstLine, title: "act", verb, step: { act: true } }] };
}

const never = () => new Promise<void>(() => {});

describe("a scenario without nodes", () => {
  it.each([
    [
      "calls an operation as a persona, and matches a part of its answer",
      "{ call: sts:GetCallerIdentity, as: carol, answer: { Arn: '/user.carol$/', Account: \"$" +
        '{account}" } }',
    ],
    [
      "expects a call to fail",
      "{ call: ssm:GetDocument, with: { Name: Nothing-Here }, fails: { code: InvalidDocument } }",
      "{ call: iam:GetUser, with: { UserName: zed }, fails: NoSuchEntity }",
    ],
    [
      "sets and takes away tags",
      "{ tag: user/carol, with: { Team: web } }",
      "{ call: iam:ListUserTags, with: { UserName: carol }, answer: { Tags: [{ Value: ops }, { Key: Team }] } }",
      "{ untag: user/carol, keys: [Team] }",
      "{ call: iam:ListUserTags, with: { UserName: carol }, answer: { Tags: [{ Value: ops }] } }",
      "{ tag: role/operator, with: { Team: web } }",
      "{ untag: role/operator, keys: [SSMSessionRunAs] }",
      "{ call: iam:ListRoleTags, with: { RoleName: operator }, answer: { Tags: [{ Key: Team }] } }",
    ],
    [
      "assumes a role under a name, and expects a refusal",
      "{ assume: operator, as: carol, sessionTags: { a: b }, transitive: [a], sessionName: s1, called: op }",
      "{ call: sts:GetCallerIdentity, as: op, answer: { Arn: '/assumed-role.operator.s1$/' } }",
      "{ assume: operator, as: root, refused: is not authorized to perform }",
    ],
    [
      "makes the preferences, merges into them and takes one out",
      "{ preferences: { runAsEnabled: true, idleSessionTimeout: '5' } }",
      "{ preferences: { idleSessionTimeout: null, runAsDefaultUser: ops } }",
      "{ preferences: { runAsDefaultUser: ops } }",
      "{ call: ssm:GetDocument, with: { Name: SSM-SessionManagerRunShell, DocumentVersion: $LATEST }, answer: " +
        '{ DocumentVersion: \'2\', Content: \'/"inputs": .\\s+"runAsEnabled": true,\\s+"runAsDefaultUser": "ops"\\s+}/\' } }',
    ],
    ["lets time pass", "{ advance: 1h }"],
    ["leaves nothing behind", "{ nothingLeftBehind: true }"],
  ])("%s", async (_title, ...steps) => {
    expect(await play(...steps)).toBe("passed");
  });

  it.each([
    [
      "{ call: sts:GetCallerIdentity, answer: { Account: '1' } }",
      "The answer of sts:GetCallerIdentity is not as expected.",
      'Account: "1"',
      'Account: "000000000000"',
    ],
    [
      "{ call: iam:GetUser, with: { UserName: zed } }",
      "iam:GetUser as root failed.",
      "an answer",
      expect.stringMatching(/^NoSuchEntity/),
    ],
    [
      "{ call: iam:GetUser, with: { UserName: carol }, fails: NoSuchEntity }",
      "iam:GetUser as root did not fail.",
      '"NoSuchEntity"',
      expect.stringContaining('"UserName":"carol"'),
    ],
    [
      "{ call: iam:GetUser, with: { UserName: zed }, fails: { code: AccessDenied } }",
      "The error of iam:GetUser is not as expected.",
      "AccessDenied",
      expect.stringMatching(/^NoSuchEntity/),
    ],
    [
      "{ assume: operator, as: carol, refused: no }",
      "The role was not refused.",
      'a refusal with "no"',
      "the role operator",
    ],
    [
      "{ assume: operator, as: root }",
      "The role was refused.",
      "the role operator",
      expect.stringContaining("not authorized"),
    ],
    [
      "{ logGroup: /sessions, contains: [{ runAsUser: ops }] }",
      "The log group /sessions does not hold event 1, in its place.",
      '{"runAsUser":"ops"}',
      "no events",
    ],
  ])("tells how it failed: %s", async (step, message, expected, actual) => {
    expect(await play("{ advance: 1s }", step)).toEqual({
      line: firstLine + 1,
      message,
      expected,
      actual,
      rerun: "npx ssm-emulator scenario run a-story.yaml",
    });
  });

  it("finds log events in their order, with others between", async () => {
    const at = Date.now();
    const events = ["ops", "dev", "ops"].map(
      (user, index) => `{ timestamp: ${at + index}, message: '{"runAsUser":"${user}"}' }`,
    );
    const names = "logGroupName: /sessions, logStreamName: s";
    const steps = [
      `{ call: logs:CreateLogStream, with: { ${names} } }`,
      `{ call: logs:PutLogEvents, with: { ${names}, logEvents: [${events.join(", ")}] } }`,
      "{ logGroup: /sessions, contains: [{ runAsUser: ops }, { runAsUser: /^o/ }] }",
      "{ logGroup: /sessions, contains: [{ runAsUser: dev }, { runAsUser: dev }] }",
    ];
    expect(await play(...steps)).toMatchObject({
      line: firstLine + 3,
      message: "The log group /sessions does not hold event 2, in its place.",
      actual: 'runAsUser: "ops"',
    });
  });

  it("leaves out the steps behind one that failed, and tells of each", async () => {
    const seen: StepResult[] = [];
    const scenario = scenarioOf([
      "advance: 1s",
      "{ call: iam:GetUser, with: { UserName: zed } }",
      "advance: 2s",
    ]);
    const { result } = await playScenario(scenario, emulator, { onStep: (step) => seen.push(step) });
    expect(seen.map(({ line, title, outcome }) => [line, title, outcome])).toEqual([
      [firstLine, "advance 1s", "passed"],
      [firstLine + 1, "call iam:GetUser, with: { UserName: zed }", "failed"],
      [firstLine + 2, "advance 2s", "skipped"],
    ]);
    expect(result).toMatchObject({
      scenario: "a story",
      file: "a-story.yaml",
      outcome: "failed",
      steps: seen,
    });
  });
});

describe("a step that does not end", () => {
  async function messageOf(scenario: Scenario, options: PlayOptions): Promise<string | undefined> {
    return (await playScenario(scenario, emulator, options)).result.failure?.message;
  }

  it("is given up after the time that a step may take", async () => {
    expect(await messageOf(scenarioThat(never), { stepLimitMs: 20 })).toBe(
      "The step took longer than 0.02 s.",
    );
  });

  it("has the time that it asks for on top", async () => {
    expect(await messageOf(scenarioThat(never, 30), { stepLimitMs: 20 })).toBe(
      "The step took longer than 0.05 s.",
    );
  });

  it("is given up when the scenario's time is over", async () => {
    expect(await messageOf(scenarioThat(never), { scenarioLimitMs: 20 })).toMatch(
      /^The scenario's time of 0\.02 s is over: the step took longer than 0\.0\d+ s\.$/,
    );
  });

  it("is given up when the run is interrupted", async () => {
    const signal = AbortSignal.abort(new Error("The run was interrupted."));
    expect(await messageOf(scenarioThat(never), { signal })).toBe("The run was interrupted.");
  });
});

describe("an error that nobody foresaw", () => {
  it("is told in one line, without a stack", async () => {
    const scenario = scenarioThat(() => Promise.reject(new Error("first\n  second")));
    const { result } = await playScenario(scenario, emulator);
    expect(result.failure).toMatchObject({ line: firstLine, message: "first second" });
  });
});

describe("an emulator that ends in mid-scenario", () => {
  it("is named as the cause", async () => {
    await using dying = await startForScenario(scenarioOf(["advance: 1s"]));
    const { url } = dying;
    const { steps } = scenarioOf(["{ call: sts:GetCallerIdentity }"]);
    const {
      steps: [first],
      ...rest
    } = scenarioThat(() => dying.close());
    const scenario = { ...rest, steps: [...(first === undefined ? [] : [first]), ...steps] };
    const { result } = await playScenario(scenario, dying);
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(["passed", "failed"]);
    expect(result.failure?.message).toBe(`The emulator at ${url} has ended in mid-scenario.`);
  });
});
