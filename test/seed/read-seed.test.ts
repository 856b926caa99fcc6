import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { ConfigError } from "../../emulator/errors.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { readSeed } from "../../emulator/seed/read-seed.ts";
import { FileError } from "../../emulator/yaml-file/file-error.ts";

const nodeId = "i-0a1b2c3d4e5f60718";
const kmsKeyId = "1234abcd-12ab-34cd-56ef-1234567890ab";

/** `line:column path: expected …, found …` for each mistake. */
function mistakesIn(text: string): readonly string[] {
  try {
    readSeed(text, "seed.yaml");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.message
      .split("\n")
      .map((line) => line.replace("seed.yaml:", "").replace(/^(\d+:\d+):/, "$1"));
  }
  return [];
}

describe("a seed file that is accepted", () => {
  it.each(["", "# nothing\n", "{}", "users:\nnodes:\n"])("may be as empty as %j", (text) => {
    expect(readSeed(text, "seed.yaml")).toEqual({
      account: "000000000000",
      region: "us-east-1",
      rootAccessKeys: [{ id: "test", secret: "test" }],
      users: [],
      roles: [],
      documents: {},
      nodes: [],
      logGroups: [],
      kmsKeys: [],
    });
  });

  it("has its defaults filled in at every depth", () => {
    const text = `users: [{name: alice}]\nnodes: [{id: ${nodeId}, name: web, users: [{name: ops}]}]`;
    expect(readSeed(text, "seed.yaml")).toMatchObject({
      users: [{ name: "alice", path: "/", tags: {}, accessKeys: [] }],
      nodes: [{ id: nodeId, users: [{ name: "ops", home: true }], tags: {} }],
    });
  });

  it("may be JSON", () => {
    expect(readSeed('{"region": "eu-west-1"}', "seed.json").region).toBe("eu-west-1");
  });

  it("may have the account id without quotes", () => {
    expect(readSeed("account: 000000000042", "seed.yaml").account).toBe("000000000042");
  });

  it("may have aliases", () => {
    const text = "users:\n  - {name: a, tags: &team {team: x}}\n  - {name: b, tags: *team}";
    expect(readSeed(text, "seed.yaml").users[1]?.tags).toEqual({ team: "x" });
  });

  it("may say all that the built-in seed says", () => {
    expect(readSeed(stringify(builtInSeed), "seed.yaml")).toEqual(builtInSeed);
  });

  it("does not share its defaults with the next", () => {
    expect(readSeed("", "a").users).not.toBe(readSeed("", "b").users);
  });
});

describe("a mistake of syntax", () => {
  it("is refused with its place", () => {
    expect(mistakesIn("users: []\nusers: []")).toEqual(["2:1 expected YAML, found Map keys must be unique"]);
  });
});

describe("a mistake of shape", () => {
  it.each([
    ["- 1", "1:1 expected a mapping, found a list"],
    [
      "regoin: x",
      /^1:1 regoin: expected one of account, region, .*, found "regoin" \(did you mean region\?\)$/,
    ],
    ["region: europe", '1:9 region: expected a region, such as us-east-1, found "europe"'],
    ["account: 12", '1:10 account: expected an account id: 12 digits, found "12"'],
    ["users: alice", '1:8 users: expected a list of at most 5000, found "alice"'],
    ["users:\n  - path: /x/", /^2:5 users\[0\]\.name: expected a user name: .*, found nothing$/],
    [
      "users: [{name: a, path: x}]",
      '1:25 users[0].path: expected a path that begins and ends with /, found "x"',
    ],
    ["users: [{name: a, tags: {n: 1}}]", /users\[0\]\.tags\.n: .*, found the number 1 \(put it in quotes\)$/],
    ["users: [{name: a, accessKeys: [{id: ASIAX, secret: s}]}]", /not beginning with ASIA, found "ASIAX"$/],
    [
      "roles: [{name: r, maxSessionDurationSeconds: 60}]",
      /expected a whole number from 3600 to 43200, found the number 60$/,
    ],
    [
      "preferences: {runAsEnabled: yes}",
      '1:29 preferences.runAsEnabled: expected true or false, found "yes"',
    ],
    ["preferences: {idleSessionTimeout: 20}", /expected minutes in quotes, "1" to "60", found the number 20/],
    ["documents: {Abc: 1}", "1:18 documents.Abc: expected a session document, found the number 1"],
    [
      `nodes: [{id: web, name: web}]`,
      /nodes\[0\]\.id: expected a node id: i- or mi- and 17 .*, found "web"$/,
    ],
    [
      `nodes: [{id: ${nodeId}, name: w, users: [{name: o, uid: 0}]}]`,
      /users\[0\]\.uid: expected a whole number from 1/,
    ],
    [`nodes: [{id: ${nodeId}, name: w, users: [{name: -x}]}]`, /users\[0\]\.name: expected an OS user name/],
    [
      `nodes: [{id: ${nodeId}, name: w, agentVersion: "3.1"}]`,
      /agentVersion: expected an agent version: four numbers with dots between them, found "3\.1"$/,
    ],
    ["logGroups: [a b]", /^1:13 logGroups\[0\]: expected a log group name/],
    [
      "kmsKeys: [{alias: alias/aws/ssm}]",
      /^1:19 kmsKeys\[0\]\.alias: expected an alias: .* not beginning with alias\/aws\/, found/,
    ],
    ["kmsKeys: [{alias: session}]", /^1:19 kmsKeys\[0\]\.alias: expected an alias: alias\/ and/],
  ])("in %s is refused", (text, expected) => {
    const [first] = mistakesIn(text);
    if (typeof expected === "string") expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  it("behind an alias is shown where it is written", () => {
    const mistakes = mistakesIn("users:\n  - {name: a, tags: &t {k: 1}}\n  - {name: b, tags: *t}");
    expect(mistakes).toEqual([
      expect.stringMatching(/^2:28 users\[0\]\.tags\.k/),
      expect.stringMatching(/^2:28 users\[1\]\.tags\.k/),
    ]);
  });

  it("does not show a secret", () => {
    const [mistake] = mistakesIn('users: [{name: a, accessKeys: [{id: AKIAX, secret: "my secret"}]}]');
    expect(mistake).toMatch(/expected a secret access key: .*, found something else$/);
  });

  it("is reported with the others, ten at once, in the file's order", () => {
    const mistakes = mistakesIn(
      `users: [${Array.from({ length: 12 }, (_, n) => `\n  {name: "!${n}"},`).join("")}]`,
    );
    expect(mistakes).toHaveLength(11);
    expect(mistakes[0]).toContain(
      'users[0].name: expected a user name: 1 to 64 letters, digits or any of _+=,.@-, found "!0"',
    );
    expect(mistakes[9]).toMatch(/^11:10 users\[9\]/);
    expect(mistakes[10]).toBe("… and 2 more");
  });

  it("is a ConfigError with its parts apart", () => {
    const error = capture(() => readSeed("\nregion: x", "lab/seed.yaml"));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      file: "lab/seed.yaml",
      mistakes: [
        { line: 2, column: 9, path: "region", expected: "a region, such as us-east-1", found: '"x"' },
      ],
    });
    expect((error as Error).message).toBe(
      'lab/seed.yaml:2:9: region: expected a region, such as us-east-1, found "x"',
    );
  });
});

describe("a mistake of meaning", () => {
  const trust = (principal: string) =>
    `{Statement: {Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: "arn:aws:iam::000000000000:${principal}"}}}`;
  const node = (rest: string) => `nodes: [{id: ${nodeId}, name: web, ${rest}}]`;

  it.each([
    [
      "users: [{name: al}, {name: AL}]",
      'users[1].name: expected a user name that is not taken above, found "AL"',
    ],
    [
      "users: [{name: a, accessKeys: [{id: test, secret: x}]}]",
      'users[0].accessKeys[0].id: expected an access key id that is not taken above, found "test"',
    ],
    [
      `nodes: [{id: ${nodeId}, name: a}, {id: ${nodeId}, name: b}]`,
      "nodes[1].id: expected a node id that is not taken above",
    ],
    [
      `nodes: [{id: ${nodeId}, name: a}, {id: mi-0a1b2c3d4e5f60718, name: A}]`,
      "nodes[1].name: expected a node name",
    ],
    [
      node("users: [{name: o, uid: 7}, {name: p, uid: 7}]"),
      'nodes[0].users[1].uid: expected a uid that is not taken above, found "7"',
    ],
    [
      node("users: [{name: o}, {name: o}]"),
      "nodes[0].users[1].name: expected an OS user name that is not taken above",
    ],
    [node("tags: {a: x, A: y}"), "nodes[0].tags.A: expected a tag key that is not taken above"],
    [node('tags: {"aws:x": y}'), 'nodes[0].tags."aws:x": expected a tag key: 1 to 128 letters'],
    ['users: [{name: a, tags: {"x\\ny": z}}]', 'users[0].tags."x\\ny": expected a tag key'],
    [
      "kmsKeys: [{alias: alias/a}, {alias: alias/a}]",
      'kmsKeys[1].alias: expected an alias that is not taken above, found "alias/a"',
    ],
    [
      `kmsKeys: [{alias: alias/a, id: ${kmsKeyId}}, {alias: alias/b, id: ${kmsKeyId}}]`,
      "kmsKeys[1].id: expected a key id that is not taken above",
    ],
    ["logGroups: [a, a]", "logGroups[1]: expected a log group name that is not taken above"],
    ["roles: [{name: r}]", "roles[0]: expected assumableBy or trustPolicy, found neither"],
    [
      `users: [{name: a}]\nroles: [{name: r, assumableBy: [a], trustPolicy: ${trust("user/a")}}]`,
      "roles[0]: expected either assumableBy or trustPolicy, found both",
    ],
    [
      "roles: [{name: r, assumableBy: [zed]}]",
      'roles[0].assumableBy[0]: expected a user of this file, which has none, found "zed"',
    ],
    [
      `users: [{name: a}]\nroles: [{name: r, trustPolicy: ${trust("user/zed")}}]`,
      'roles[0].trustPolicy: expected a user of this file: a, found "zed"',
    ],
    [
      "roles: [{name: r, trustPolicy: {}}]",
      "roles[0].trustPolicy: expected a trust policy, found one that IAM refuses: Syntax errors in policy.",
    ],
    [
      'preferences: {idleSessionTimeout: "61"}',
      'preferences: expected a session document, found one that Systems Manager refuses: inputs.idleSessionTimeout: expected minutes between "1" and "60", got "61".',
    ],
    ["documents: {MyDocument: {}}", "documents.MyDocument: expected a session document, found one"],
    ["documents: {AWS-Mine: {}}", "documents.AWS-Mine: expected a document name"],
    [
      "preferences: {}\ndocuments: {SSM-SessionManagerRunShell: {}}",
      "documents.SSM-SessionManagerRunShell: expected the section preferences or this document, found both",
    ],
  ])("in %s is refused", (text, expected) => {
    expect(mistakesIn(text)[0]).toContain(expected);
  });

  it("leaves principals of other accounts, and all but users, on trust", () => {
    const text = `roles: [{name: r, trustPolicy: ${trust("root")}}]`;
    expect(mistakesIn(text)).toEqual([]);
    expect(
      mistakesIn(`account: "111111111111"\nroles: [{name: r, trustPolicy: ${trust("user/x")}}]`),
    ).toEqual([]);
  });
});

function capture(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
