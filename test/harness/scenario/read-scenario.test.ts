import { describe, expect, it } from "vitest";
import { FileError } from "../../../emulator/yaml-file/file-error.ts";
import { readScenario } from "../../../harness/scenario/read-scenario.ts";

const head = "name: n\nwhy: w\n";
const given = `given:
  users: { bob: { SSMSessionRunAs: ops }, carol: }
  roles: { operator: { assumableBy: [carol] }, auditor: { assumableBy: [carol] } }
  nodes: { web-1: [ops] }
`;

/** A scenario with these steps; the first one stands on line 8. */
function withSteps(...steps: readonly string[]): string {
  return `${head}${given}steps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;
}

/** `line:column: path: expected …, found …` for each mistake. */
function mistakesIn(text: string): readonly string[] {
  try {
    readScenario(text, "story.yaml");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.message.split("\n").map((line) => line.replace("story.yaml:", ""));
  }
  return [];
}

describe("a scenario that is accepted", () => {
  it("tells a missing-user story in 15 lines", () => {
    const text = `name: A tag that names a missing user refuses the session
why: Nothing ever falls back to another user.
given:
  users: { bob: { SSMSessionRunAs: os-test-user } }
  nodes: { web-1: [my-os-user] }
  preferences: { runAsEnabled: true }
steps:
  - start: bob
    refused: RunAs user os-test-user does not exist
then:
  - nothingLeftBehind: true
`;
    expect(text.split("\n").length).toBeLessThanOrEqual(15);
    const scenario = readScenario(text, "story.yaml");
    expect(scenario).toMatchObject({
      name: "A tag that names a missing user refuses the session",
      file: "story.yaml",
      issue: undefined,
      seed: { users: [{ name: "bob" }], preferences: { runAsEnabled: true } },
    });
    expect(scenario.steps.map(({ line, title, verb }) => [line, verb.name, title])).toEqual([
      [8, "start", "start bob, refused: RunAs user os-test-user does not exist"],
      [11, "nothingLeftBehind", "nothingLeftBehind true"],
    ]);
  });

  it("may have empty sections", () => {
    const text = `${head}given:\nsteps: [{ call: sts:GetCallerIdentity }]\nthen:\n`;
    expect(readScenario(text, "story.yaml").seed.nodes).toEqual([]);
  });

  it("may be JSON", () => {
    const text = JSON.stringify({ name: "n", why: "w", steps: [{ call: "ssm:DescribeSessions" }] });
    expect(readScenario(text, "story.json").steps).toHaveLength(1);
  });

  it.each([
    ["start: bob\n    session: second", "session of start"],
    ["untag: user/bob\n    keys: [SSMSessionRunAs]", "keys of untag"],
  ])("takes a modifier that is also a verb for a modifier: %j", (step) => {
    expect(mistakesIn(withSteps(step))).toEqual([]);
  });

  it("may use what its steps make", () => {
    const steps = [
      "{ assume: operator, as: carol }",
      "{ start: operator, session: first }",
      "{ assume: auditor, as: operator, called: next }",
      "{ start: [next, bob], runsAs: ops }",
      "{ run: id, in: first }",
      "{ call: iam:CreateUser, with: { UserName: dan } }",
      "{ tag: user/dan, with: { a: b } }",
      `{ call: ssm:TerminateSession, with: { SessionId: "\${session.first}" } }`,
      "{ start: bob, on: i-0123456789abcdef0, refused: /not/ }",
    ];
    expect(mistakesIn(withSteps(...steps))).toEqual([]);
  });
});

describe("a mistake of shape", () => {
  it.each([
    ["[]", "1:1: expected a mapping, found a list"],
    [`${head}steps: []`, /^3:8: steps: expected a list of one or more, at most 1000 steps, found a list$/],
    [
      `${head}step: []\nsteps: [{ advance: 1s }]`,
      /^3:1: step: expected one of name, why, .*, found "step" \(did you mean steps\?\)$/,
    ],
    [`why: w\nsteps: [{ call: "ssm:DescribeSessions" }]`, /^1:1: name: expected a name of at most 200/],
    [`name: 5\nwhy: w\nsteps: []`, /^1:7: name: .* found the number 5 \(put it in quotes\)$/],
    [`${head}issue: none\nsteps: [{ advance: 1s }]`, '3:8: issue: expected a URL, found "none"'],
    [`${head}given: [1]\nsteps: [{ advance: 1s }]`, "3:8: given: expected a mapping, found a list"],
    [
      `${head}given: { user: {} }\nsteps: [{ advance: 1s }]`,
      /^3:10: given\.user: expected one of .*did you mean users\?/,
    ],
    [
      `${head}given: { users: { bob: ops } }\nsteps: [{ advance: 1s }]`,
      '3:24: given.users.bob: expected a mapping of at most 50 tags, found "ops"',
    ],
    [
      withSteps("strat: bob"),
      /^8:5: steps\[0\]: expected one of the verbs addUser, .*, found strat \(did you mean start\?\)$/,
    ],
    [withSteps("bob"), '8:5: steps[0]: expected a mapping: a verb and its modifiers, found "bob"'],
    [withSteps("{}"), /expected one of the verbs .*, found nothing$/],
    [
      withSteps("start: bob\n    run: whoami"),
      "9:5: steps[0].run: expected one verb in a step, found start and run",
    ],
    [
      withSteps("start: bob\n    refusde: x"),
      /^9:5: steps\[0\]\.refusde: expected a modifier of start: on, document, .*, found "refusde" \(did you mean refused\?\)$/,
    ],
    [
      withSteps("start: bob\n    output: x"),
      /^9:5: steps\[0\]\.output: expected a modifier of start: .*, found "output"$/,
    ],
    [withSteps("advance: 20m\n    in: bob"), '9:5: steps[0].in: expected nothing but advance, found "in"'],
    [
      withSteps("start:"),
      "8:11: steps[0].start: expected the name of a persona, or a list of at least two, found nothing",
    ],
    [
      withSteps("start: bob", "run: id -u\n    output: 1001"),
      "10:13: steps[1].output: expected text, or a regular expression between slashes, found the number 1001 (put it in quotes)",
    ],
    [
      withSteps("start: bob\n    refused: /(/"),
      '9:14: steps[0].refused: expected text, or a regular expression between slashes, found "/(/"',
    ],
    [withSteps("advance: 20"), /^8:14: steps\[0\]\.advance: expected a length of time such as 20m/],
    [
      withSteps("start: bob\n    size: big"),
      /expected a size in columns and rows, such as 132x43, found "big"$/,
    ],
    [
      withSteps("nothingLeftBehind: false"),
      "8:24: steps[0].nothingLeftBehind: expected true, found the boolean false",
    ],
    [
      withSteps("start: bob", "session: bob\n    status: Dead"),
      /^10:13: steps\[1\]\.status: expected a status: Connecting, /,
    ],
  ])("is refused with its place, row %#", (text, expected) => {
    const [first] = mistakesIn(text);
    if (typeof expected === "string") expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  it("is reported with all others, of the account and of the steps", () => {
    const text = `${head}given: { users: { "a b": } }\nsteps: [{ strat: x }]\nthen: [{ advance: 1 }]`;
    expect(mistakesIn(text).map((mistake) => mistake.split(":")[0])).toEqual(["3", "4", "5"]);
  });

  it("refuses more than a thousand steps in all", () => {
    const steps = `${"{ advance: 1s }, ".repeat(600)}`;
    const [mistake] = mistakesIn(`${head}steps: [${steps}]\nthen: [${steps}]`);
    expect(mistake).toMatch(/^4:\d+: then\[400\]: expected at most 1000 steps, found 1200$/);
  });
});

describe("a name that leads nowhere", () => {
  it.each([
    [
      "start: bop",
      '8:12: steps[0].start: expected a persona: root, bob, carol, found "bop" (did you mean bob?)',
    ],
    ["start: [bob, bop]", /^8:18: steps\[0\]\.start\[1\]: expected a persona/],
    [
      "start: bob\n    on: web-2",
      '9:9: steps[0].on: expected a node: web-1, found "web-2" (did you mean web-1?)',
    ],
    [
      "assume: operatr\n    as: carol",
      /expected a role: operator, auditor, found "operatr" \(did you mean operator\?\)$/,
    ],
    [
      "assume: operator\n    as: dan",
      /^9:9: steps\[0\]\.as: expected a persona: root, bob, carol, found "dan"/,
    ],
    [
      "assume: operator\n    as: carol\n    called: bob",
      '10:13: steps[0].called: expected a name that no IAM user has, found "bob"',
    ],
    ["tag: user/dan\n    with: { a: b }", /expected an IAM user: bob, carol, found "dan"$/],
    ["tag: role/admin\n    with: { a: b }", /expected a role: operator, auditor, found "admin"$/],
    ["run: whoami", "8:5: steps[0]: expected a session that was started before, found none"],
    ["exit: bob", /expected a session of this scenario, which has none, found "bob"$/],
    ["stopNode: db-1", 'expected a node: web-1, found "db-1"'],
    ["removeFault: slow", 'expected a fault of this scenario, which has none, found "slow"'],
    [
      "fault: latency",
      /steps\[0\]\.attributes\.latency: expected milliseconds, at most 600000, found nothing$/,
    ],
    [
      "fault: throttling\n    on: { node: web-1 }",
      /steps\[0\]\.on\.node: expected one of operation, owner, found "node"/,
    ],
    [
      "fault: drop_frames\n    on: { node: other }",
      /steps\[0\]\.on\.node: expected a node: web-1, found "other"$/,
    ],
    ["call: ssm:DescribeSesions", /found "ssm:DescribeSesions" \(did you mean ssm:DescribeSessions\?\)$/],
    [
      "call: s3:ListBuckets",
      /expected an operation of ssm, iam, sts, logs, kms or ec2, found "s3:ListBuckets"$/,
    ],
    ["call: ssm:DescribeSessions\n    as: dan", /steps\[0\]\.as: expected a persona/],
    [
      `call: ssm:StartSession\n    with: { Target: "\${node.db}" }`,
      /steps\[0\]\.with\.Target: expected a node/,
    ],
    [`call: ssm:StartSession\n    with: { Target: "\${target}" }`, /found "\$\{target\}"$/],
    [
      "start: bob\n    refused: x\n    runsAs: ops",
      /expected one of runsAs, refused, silent, found runsAs and refused$/,
    ],
    ["start: [bob, carol]\n    session: two", /expected no name for several sessions, found "two"$/],
  ])("in %j is refused", (step, expected) => {
    const [first] = mistakesIn(withSteps(step));
    if (typeof expected === "string") expect(first).toContain(expected);
    else expect(first).toMatch(expected);
  });

  it("is told apart from one that a later step makes", () => {
    const [mistake] = mistakesIn(withSteps("start: operator", "{ assume: operator, as: carol }"));
    expect(mistake).toBe(
      '8:12: steps[0].start: expected a persona: root, bob, carol, found "operator", which only line 9 makes',
    );
  });

  it("may be a circle of roles", () => {
    const [mistake] = mistakesIn(
      withSteps("{ assume: operator, as: auditor }", "{ assume: auditor, as: operator }"),
    );
    expect(mistake).toBe(
      "8:29: steps[0].as: expected a persona that exists by then, found a circle: operator from auditor from operator",
    );
    expect(mistakesIn(withSteps("{ assume: operator, as: operator }"))[0]).toContain(
      "found a circle: operator from operator",
    );
  });

  it("needs a node where there is none, or more than one", () => {
    const noNode = `${head}steps: [{ start: root }]`;
    expect(mistakesIn(noNode)[0]).toBe(
      "3:9: steps[0]: expected on, with a node, found a scenario without nodes",
    );
    const two = `${head}given: { nodes: { a: , b: } }\nsteps: [{ start: root }]`;
    expect(mistakesIn(two)[0]).toBe("4:9: steps[0]: expected on, with a node: a, b, found nothing");
  });

  it("refuses a session of which nothing is expected", () => {
    expect(mistakesIn(withSteps("start: bob", "session: bob"))[0]).toMatch(
      /^9:5: steps\[1\]: expected what is expected/,
    );
  });
});
