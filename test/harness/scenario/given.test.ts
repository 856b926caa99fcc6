import { describe, expect, it } from "vitest";
import { checkSeed } from "../../../emulator/seed/check-seed.ts";
import type { Seed } from "../../../emulator/seed/seed-schema.ts";
import { expandGiven } from "../../../harness/scenario/given.ts";

function seedOf(given: Readonly<Record<string, unknown>>): Seed {
  const checked = checkSeed(expandGiven(given).seed);
  if (checked.type === "problems") throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** Paths in the scenario of what the seed's check finds. */
function problemPaths(given: Readonly<Record<string, unknown>>): readonly string[] {
  const { seed, problems, originOf } = expandGiven(given);
  const checked = checkSeed(seed);
  const found = checked.type === "problems" ? checked.problems.map(({ path }) => originOf(path)) : [];
  return [...problems.map(({ path }) => path), ...found].map((path) => path.join("."));
}

describe("the short forms of given", () => {
  it("are users with their tags, with made-up keys in AWS's form", () => {
    const { users } = seedOf({ users: { bob: { SSMSessionRunAs: "ops" }, carol: null } });
    expect(users).toMatchObject([
      { name: "bob", tags: { SSMSessionRunAs: "ops" } },
      { name: "carol", tags: {} },
    ]);
    const keys = users.flatMap(({ accessKeys }) => accessKeys);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(2);
    for (const { id, secret } of keys) {
      expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(secret).toMatch(/^[A-Za-z0-9/+]{40}$/);
    }
  });

  it("are roles without their name, and nodes with their OS users", () => {
    const seed = seedOf({
      users: { bob: null },
      roles: { operator: { assumableBy: ["bob"] } },
      nodes: { "web-1": ["ops", { name: "svc", shell: "/sbin/nologin" }], "db-1": null },
    });
    expect(seed.roles).toMatchObject([{ name: "operator", assumableBy: ["bob"] }]);
    expect(seed.nodes).toMatchObject([
      {
        name: "web-1",
        tags: { Name: "web-1" },
        users: [
          { name: "ops", home: true },
          { name: "svc", shell: "/sbin/nologin" },
        ],
      },
      { name: "db-1", users: [] },
    ]);
    expect(seed.nodes[0]?.id).toMatch(/^i-[0-9a-f]{17}$/);
    expect(seed.nodes[0]?.id).not.toBe(seed.nodes[1]?.id);
  });

  it("give the same ids and keys every time", () => {
    const given = { users: { bob: null }, nodes: { "web-1": null } };
    expect(seedOf(given)).toEqual(seedOf(given));
  });

  it("leave out what is left out: no preferences, no nodes, root alone", () => {
    expect(seedOf({})).toMatchObject({ users: [], nodes: [], rootAccessKeys: [{ id: "test" }] });
    expect(seedOf({})).not.toHaveProperty("preferences");
  });
});

describe("the seed's own forms of given", () => {
  it("get the keys and ids that they leave out, and keep those they have", () => {
    const node = "i-0123456789abcdef0";
    const { users, nodes } = seedOf({
      users: [{ name: "a" }, { name: "b", accessKeys: [] }],
      nodes: [{ name: "n" }, { name: "m", id: node }],
    });
    expect(users.map(({ accessKeys }) => accessKeys.length)).toEqual([1, 0]);
    expect(nodes[1]?.id).toBe(node);
    expect(nodes[0]?.id).toMatch(/^i-/);
  });
});

describe("a mistake in given", () => {
  it.each([
    [{ users: { "b b": null } }, "given.users.b b"],
    [{ users: { bob: { SSMSessionRunAs: 1 } } }, "given.users.bob.SSMSessionRunAs"],
    [{ users: { bob: "ops" } }, "given.users.bob"],
    [{ users: 5 }, "given.users"],
    [{ users: [{ name: "b b" }] }, "given.users.0.name"],
    [{ roles: { op: null } }, "given.roles.op"],
    [{ roles: { op: { assumableBy: ["zed"] } } }, "given.roles.op.assumableBy.0"],
    [{ nodes: { "web-1": ["-x"] } }, "given.nodes.web-1.0"],
    [{ nodes: { "web-1": [{ name: "ops", uid: 0 }] } }, "given.nodes.web-1.0.uid"],
    [{ nodes: { "web-1": ["ops", "ops"] } }, "given.nodes.web-1.1"],
    [{ nodes: { web_1: null } }, "given.nodes.web_1"],
    [{ nodes: { "web-1": "ops" } }, "given.nodes.web-1"],
    [{ preferences: { runAsEnabled: "yes" } }, "given.preferences.runAsEnabled"],
    [{ user: {} }, "given.user"],
  ])("%j is found at %s", (given, path) => {
    expect(problemPaths(given)).toEqual([path]);
  });
});
