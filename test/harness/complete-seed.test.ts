import { describe, expect, it } from "vitest";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { completeSeed } from "../../harness/complete-seed.ts";

describe("a seed for a test", () => {
  it("is the built-in one when nothing is said", async () => {
    expect(await completeSeed(undefined)).toEqual(builtInSeed);
    expect(await completeSeed({})).toEqual(builtInSeed);
  });

  it("has its sections in place of the built-in ones", async () => {
    const { nodes, ...others } = await completeSeed({ nodes: [] });
    const { nodes: _, ...builtIn } = builtInSeed;
    expect(nodes).toEqual([]);
    expect(others).toEqual(builtIn);
  });

  it("makes up ids and keys, the same each time", async () => {
    const input = { users: [{ name: "carol" }, { name: "dave" }], nodes: [{ name: "a" }, { name: "b" }] };
    const seed = await completeSeed(input);
    expect(await completeSeed(input)).toEqual(seed);
    expect(new Set(seed.users.map(({ accessKeys }) => accessKeys[0]?.id)).size).toBe(2);
    expect(new Set(seed.nodes.map(({ id }) => id)).size).toBe(2);
  });

  it("keeps ids and keys that are given", async () => {
    const accessKeys = [{ id: "AKIACAROL", secret: "secret" }];
    const id = "i-00000000000000001";
    const seed = await completeSeed({ users: [{ name: "carol", accessKeys }], nodes: [{ name: "a", id }] });
    expect(seed.users[0]?.accessKeys).toEqual(accessKeys);
    expect(seed.nodes[0]?.id).toBe(id);
  });

  it("has no built-in roles next to users of its own, who could not assume them", async () => {
    expect((await completeSeed({ users: [{ name: "carol" }] })).roles).toEqual([]);
    const roles = [{ name: "operator", assumableBy: ["carol"] }];
    expect((await completeSeed({ users: [{ name: "carol" }], roles })).roles[0]?.name).toBe("operator");
  });

  it("is refused with every mistake", async () => {
    const input = {
      users: [{ name: "carol" }, { name: "Carol" }],
      roles: [{ name: "op", assumableBy: ["x"] }],
    };
    await expect(completeSeed(input)).rejects.toThrow(/users\[1\]\.name[\s\S]*roles\[0\]\.assumableBy/);
  });
});
