import { describe, expect, it } from "vitest";
import { explainTags } from "../../emulator/access/explain-tags.ts";
import { operationContext } from "../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../helpers/principals.ts";

const tag = (key: string, value = "x") => ({ key, value });

describe("explainTags", () => {
  it("finds none on the root", () => {
    expect(explainTags(operationContext().principal)).toEqual([]);
  });

  it("names the IAM user as the source of a user's tags", () => {
    expect(explainTags({ ...userPrincipal("alice"), tags: [tag("Team")] })).toEqual([
      { ...tag("Team"), source: "IAM user tag", transitive: false },
    ]);
  });

  it("says which role tag a session tag overrides, whatever the case of the keys", () => {
    const principal = rolePrincipal("operator", {
      roleTags: [tag("SSMSessionRunAs", "role"), tag("Team")],
      sessionTags: [tag("ssmsessionrunas", "session")],
    });
    expect(explainTags(principal)).toEqual([
      { ...tag("ssmsessionrunas", "session"), source: "STS session tag", transitive: false },
      { ...tag("Team"), source: "role tag", transitive: false },
      {
        ...tag("SSMSessionRunAs", "role"),
        source: "role tag",
        transitive: false,
        overriddenBy: "STS session tag",
      },
    ]);
  });

  it("marks the session tags that go along, and no role tag of the same key", () => {
    const principal = rolePrincipal("operator", {
      roleTags: [tag("Team", "role")],
      sessionTags: [tag("Team"), tag("Cost")],
      transitiveTagKeys: ["team"],
    });
    expect(explainTags(principal).map(({ value, transitive }) => [value, transitive])).toEqual([
      ["x", true],
      ["x", false],
      ["role", false],
    ]);
  });
});
