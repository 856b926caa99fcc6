import { describe, expect, it } from "vitest";
import type { Principal, Tag } from "../../emulator/access/principal.ts";
import { decideSessionTags } from "../../emulator/access/session-tags.ts";

const accountId = "000000000000";
const root: Principal = { type: "root", accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId };

function session(sessionTags: readonly Tag[], transitiveTagKeys: readonly string[]): Principal {
  return {
    type: "assumed-role",
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/First/ci`,
    userId: "AROAFIRST:ci",
    roleName: "First",
    sessionName: "ci",
    roleTags: [{ key: "Role", value: "own" }],
    sessionTags,
    transitiveTagKeys,
  };
}

const team = { key: "Team", value: "red" };
const cost = { key: "Cost", value: "7" };

describe("decideSessionTags", () => {
  it("takes what is passed", () => {
    const tags = [team, cost];
    expect(decideSessionTags({ caller: root, tags, transitiveTagKeys: ["team"] })).toEqual({
      type: "accepted",
      tags,
      transitiveTagKeys: ["team"],
    });
  });

  it("inherits the transitive tags of the calling session, and only those", () => {
    const caller = session([team, cost], ["TEAM"]);
    expect(decideSessionTags({ caller, tags: [], transitiveTagKeys: [] })).toEqual({
      type: "accepted",
      tags: [team],
      transitiveTagKeys: ["Team"],
    });
  });

  it("lets a session pass a tag anew that it did not make transitive", () => {
    const caller = session([team], []);
    const tags = [{ key: "Team", value: "blue" }];
    expect(decideSessionTags({ caller, tags, transitiveTagKeys: [] })).toMatchObject({ tags });
  });

  it.each([
    ["a key twice", root, [team, { key: "TEAM", value: "" }], [], "duplicate-key"],
    ["a key of AWS", root, [{ key: "AWS:x", value: "" }], [], "reserved-prefix"],
    ["a value of AWS", root, [{ key: "x", value: "aws:x" }], [], "reserved-prefix"],
    ["a transitive key without its tag", root, [team], ["Cost"], "transitive-key-not-passed"],
    [
      "an inherited key",
      session([team], ["Team"]),
      [{ ...team, key: "team" }],
      [],
      "conflicts-with-inherited",
    ],
  ] as const)("refuses %s", (_title, caller, tags, transitiveTagKeys, reason) => {
    expect(decideSessionTags({ caller, tags, transitiveTagKeys })).toEqual({ type: "refused", reason });
  });
});
