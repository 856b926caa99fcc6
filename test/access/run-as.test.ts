import { describe, expect, it } from "vitest";
import type { Principal } from "../../emulator/access/principal.ts";
import {
  chooseUserOnNode,
  decideRunAsAtService,
  decideRunAsOnNode,
  noRunAsUserMessage,
  rootAgent,
} from "../../emulator/access/run-as.ts";
import type { UserLookup } from "../../emulator/access/user-lookup.ts";

const tag = (value: string, key = "SSMSessionRunAs") => [{ key, value }];

function user(tags: readonly { key: string; value: string }[]): Principal {
  return {
    type: "user",
    accountId: "000000000000",
    arn: "arn:aws:iam::000000000000:user/alice",
    userId: "AIDA",
    userName: "alice",
    tags,
  };
}

function role(tags: {
  roleTags?: readonly { key: string; value: string }[];
  sessionTags?: readonly { key: string; value: string }[];
}): Principal {
  return {
    type: "assumed-role",
    accountId: "000000000000",
    arn: "arn:aws:sts::000000000000:assumed-role/operator/alice",
    userId: "AROA:alice",
    roleName: "operator",
    sessionName: "alice",
    roleTags: tags.roleTags ?? [],
    sessionTags: tags.sessionTags ?? [],
    transitiveTagKeys: [],
  };
}

const root: Principal = {
  type: "root",
  accountId: "000000000000",
  arn: "arn:aws:iam::000000000000:root",
  userId: "000000000000",
};

describe("the service's half of Run As (reference 1.3)", () => {
  const on = { runAsEnabled: true, runAsDefaultUser: "" };
  const withDefault = { runAsEnabled: true, runAsDefaultUser: "fallback" };

  it.each([
    ["an IAM user's own tag", user(tag("webadmin")), on, "webadmin"],
    ["a role's tag", role({ roleTags: tag("webadmin") }), on, "webadmin"],
    ["a session tag before the role's tag", role({ roleTags: tag("a"), sessionTags: tag("b") }), on, "b"],
    [
      "a session tag before a role tag of other case",
      role({ roleTags: tag("a", "ssmsessionrunas"), sessionTags: tag("b") }),
      on,
      "b",
    ],
    ["a tag before the default user", user(tag("webadmin")), withDefault, "webadmin"],
    ["the tag's key without regard to case", user(tag("webadmin", "ssmSessionRunAS")), on, "webadmin"],
    ["the tag's value untouched", user(tag(" webadmin ")), on, " webadmin "],
    ["nothing without a tag when there is a default user", user([]), withDefault, ""],
    ["nothing for an empty tag when there is a default user", user(tag("")), withDefault, ""],
    ["nothing with Run As off", user(tag("webadmin")), { runAsEnabled: false, runAsDefaultUser: "" }, ""],
    ["nothing for root, which has no tags, when there is a default user", root, withDefault, ""],
    ["nothing for other tags", user(tag("webadmin", "Team")), withDefault, ""],
  ])("sends the node %s", (_rule, principal, preferences, runAsUser) => {
    expect(decideRunAsAtService({ principal, preferences, refuseMissingUser: true })).toMatchObject({
      outcome: "proceed",
      runAsUser,
    });
  });

  it.each([
    ["no tag", user([])],
    ["an empty tag", user(tag(""))],
    ["a blank tag", user(tag("  "))],
    ["only another key", user(tag("webadmin", "SSMSessionRunA"))],
    ["a role without tags", role({})],
    ["root", root],
  ])("refuses %s when there is no default user", (_case, principal) => {
    const request = { principal, preferences: on };
    expect(decideRunAsAtService({ ...request, refuseMissingUser: true })).toMatchObject({
      outcome: "refused",
      message: noRunAsUserMessage,
    });
    expect(decideRunAsAtService({ ...request, refuseMissingUser: false })).toMatchObject({
      outcome: "proceed",
      runAsUser: "",
    });
  });

  it("names the tag's source in its trace", () => {
    const decision = decideRunAsAtService({
      principal: role({ sessionTags: tag("b") }),
      preferences: on,
      refuseMissingUser: true,
    });
    expect(decision.steps.map(({ finding }) => finding)).toEqual([
      "Run As is on",
      "STS session tag SSMSessionRunAs=b of arn:aws:sts::000000000000:assumed-role/operator/alice",
    ]);
  });
});

const ran = (stdout: string) => ({ exitCode: 0, stdout });
const failed = { exitCode: 1, stdout: "" };

function lookup(changes: Partial<UserLookup> = {}): UserLookup {
  return {
    id: ran("uid=1000(ops) gid=1001(ops) groups=1001(ops),1002(domain users)\n"),
    uid: ran("1000\n"),
    gid: ran("1001\n"),
    ...changes,
  };
}

describe("the node's half of Run As (reference 1.4)", () => {
  const on = (runAsUser: string, runAsDefaultUser = "") => ({
    runAsEnabled: true,
    runAsUser,
    runAsDefaultUser,
  });
  const off = { runAsEnabled: false, runAsUser: "webadmin", runAsDefaultUser: "fallback" };

  it("b: never switches users in container mode", () => {
    expect(chooseUserOnNode(on("ops"), { user: "root", containerMode: true })).toMatchObject({
      type: "keep-agent-user",
    });
  });

  it("c: makes and takes ssm-user with Run As off, whatever the tag says", () => {
    expect(chooseUserOnNode(off, rootAgent)).toMatchObject({
      type: "look-up",
      userName: "ssm-user",
      words: ["ssm-user"],
      ensureSsmUser: true,
      mustExist: false,
    });
  });

  it("d: stays the agent's own user with Run As off and an agent that is not root", () => {
    const choice = chooseUserOnNode(off, { user: "svc", containerMode: false });
    if (choice.type !== "look-up") throw new Error(choice.type);
    expect(choice).toMatchObject({ userName: "svc", ensureSsmUser: false });
    expect(decideRunAsOnNode(choice, lookup())).toMatchObject({
      outcome: "run",
      credential: undefined,
      homeDirectory: "/home/svc",
    });
  });

  it.each([
    ["e: no name at all", on(""), rootAgent, "please set the RunAs default user"],
    ["e: only spaces", on("  ", " \t"), rootAgent, "please set the RunAs default user"],
    ["e before f", on(""), { user: "svc", containerMode: false }, "please set the RunAs default user"],
    [
      "f: an agent that is not root",
      on("ops"),
      { user: "svc", containerMode: false },
      "the agent must run as root to use RunAs",
    ],
    ["g: a semicolon", on("ops;id"), rootAgent, "failed to start pty since RunAs user ops;id does not exist"],
    ["g: a dollar", on("", "$USER"), rootAgent, "failed to start pty since RunAs user $USER does not exist"],
    ["g: a quote", on("", "o'ps"), rootAgent, "failed to start pty since RunAs user o'ps does not exist"],
    [
      "g: a newline",
      on("", "ops\nid"),
      rootAgent,
      "failed to start pty since RunAs user ops\nid does not exist",
    ],
  ])("refuses without asking the node: %s", (_row, task, agent, message) => {
    expect(chooseUserOnNode(task, agent)).toMatchObject({ type: "refuse", message });
  });

  it.each([
    ["the tag before the default user", on("tagged", "fallback"), "tagged", ["tagged"]],
    ["the default user when the tag is empty", on("", "fallback"), "fallback", ["fallback"]],
    ["ssm-user under Run As without making it", on("ssm-user"), "ssm-user", ["ssm-user"]],
    ["a padded name, which a shell would trim", on(" bob "), " bob ", ["bob"]],
    ["two words, as a shell would split them", on("a b"), "a b", ["a", "b"]],
    ["a numeric id", on("1000"), "1000", ["1000"]],
  ])("looks up %s", (_rule, task, userName, words) => {
    expect(chooseUserOnNode(task, rootAgent)).toMatchObject({
      type: "look-up",
      userName,
      words,
      mustExist: true,
      ensureSsmUser: false,
    });
  });

  const decide = (name: string, found: UserLookup) => {
    const choice = chooseUserOnNode(on(name), rootAgent);
    if (choice.type !== "look-up") throw new Error(choice.type);
    return decideRunAsOnNode(choice, found);
  };

  it.each([
    [
      "g: unknown to the node",
      "os-test-user",
      lookup({ id: failed, uid: failed, gid: failed }),
      "failed to start pty since RunAs user os-test-user does not exist",
    ],
    ["h: id -u fails", "ops", lookup({ uid: { exitCode: 2, stdout: "" } }), "exit status 2"],
    ["h: id -g fails", "ops", lookup({ gid: failed }), "exit status 1"],
    [
      "i: two answers",
      "a b",
      lookup({ uid: ran("0\n1\n") }),
      'strconv.Atoi: parsing "0\\n1": invalid syntax',
    ],
    [
      "j: a group name with a comma",
      "ops",
      lookup({ id: ran("uid=1(a) gid=1(a) groups=1(a),2(x,y)\n") }),
      "invalid group",
    ],
    ["k: uid 0", "root", lookup({ uid: ran("0\n"), gid: ran("0\n") }), "invalid uid and gid"],
    ["k: primary gid 0", "operator", lookup({ uid: ran("11\n"), gid: ran("0\n") }), "invalid uid and gid"],
    ["j before k", "root", lookup({ uid: ran("0\n"), id: ran("uid=0 gid=0 groups=0\n") }), "invalid group"],
  ])("refuses %s", (_row, name, found, message) => {
    expect(decide(name, found)).toMatchObject({ outcome: "refused", message });
  });

  it("h: shows a failing useradd of ssm-user only as id's exit status", () => {
    const choice = chooseUserOnNode(off, rootAgent);
    if (choice.type !== "look-up") throw new Error(choice.type);
    expect(decideRunAsOnNode(choice, { id: failed, uid: failed, gid: failed })).toMatchObject({
      outcome: "refused",
      message: "exit status 1",
    });
  });

  it("l: runs with uid, gid and all groups of id, HOME below /home", () => {
    expect(decide("ops", lookup())).toMatchObject({
      outcome: "run",
      userName: "ops",
      credential: { uid: 1000, gid: 1001, groups: [1001, 1002] },
      homeDirectory: "/home/ops",
    });
  });

  it("keeps the name as written in HOME", () => {
    expect(decide(" bob ", lookup())).toMatchObject({ homeDirectory: "/home/ bob " });
  });

  it("runs without supplementary groups when id lists none", () => {
    expect(decide("ops", lookup({ id: ran("uid=1000(ops) gid=1001(ops)\n") }))).toMatchObject({
      credential: { groups: [] },
    });
  });
});
