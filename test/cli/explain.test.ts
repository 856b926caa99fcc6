import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applySeed } from "../../emulator/seed/apply-seed.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { run, type ServedAdminApi, serveAdminApi } from "./run.ts";

let emulator: ServedAdminApi;

beforeEach(async () => {
  emulator = await serveAdminApi({ node: () => new FakeNode({ "my-os-user": 1001, "test-user": 1002 }) });
  applySeed(builtInSeed, emulator.state, 1);
});
afterEach(() => emulator[Symbol.asyncDispose]());

const explain = (...args: readonly string[]) =>
  run("explain", "--endpoint", emulator.endpoint, "--target", "web-1", ...args);

describe("explain", () => {
  it("draws the tree that the documentation shows", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/run-as.md"), "utf8");
    const shown = /\$ npx ssm-emulator explain --as bob --target web-1\n([\s\S]*?)```/.exec(page)?.[1];
    expect(await explain("--as", "bob")).toEqual({ exitCode: 0, out: shown, err: "" });
  });

  it("shows whose session tag came before the role's", async () => {
    const tags = ["--session-tag", "SSMSessionRunAs=test-user", "--session-tag", "Team=web"];
    const { out } = await explain("--as", "role/operator", "--role-session-name", "work", ...tags);
    expect(out).toContain(
      [
        "a session of arn:aws:sts::000000000000:assumed-role/operator/work on web-1",
        "├─ principal: assumed-role AROA67YICPYZ64P4QF7FV:work",
        "│  ├─ STS session tag SSMSessionRunAs=test-user",
        "│  ├─ STS session tag Team=web",
        "│  └─ role tag SSMSessionRunAs=my-os-user (overridden by the STS session tag)",
      ].join("\n"),
    );
    expect(out).toMatch(/\n└─ outcome: runs as test-user\n$/);
  });

  it("shows what StartSession would answer", async () => {
    expect((await explain("--as", "root")).out).toMatch(
      /\n├─ node: \S+, Online: is not asked\n└─ outcome: refused by StartSession: BadRequest\n {3}└─ Invalid RunAs username\. .*\n$/,
    );
  });

  it("gives a script the same as JSON", async () => {
    const { out } = await explain("--as", "alice", "--json");
    expect(JSON.parse(out)).toMatchObject({ outcome: { type: "run", user: "my-os-user" } });
  });

  it.each([
    [["--as", "carol"], "There is no persona carol. Known: root, test-user, alice, bob, role/operator.\n"],
    [["--as", "bob", "--target", "db"], "There is no node db. Known: web-1 (i-0a1b2c3d4e5f60718).\n"],
    [
      ["--as", "bob", "--document-name", "x y"],
      expect.stringMatching(/^There is no document x y\. Known: .*\n$/),
    ],
  ])("says in one line what is known instead of %j", async (args, err) => {
    expect(await explain(...args)).toEqual({ exitCode: 2, out: "", err });
  });

  it("wants to know who and where", async () => {
    expect((await explain()).err).toContain("required option '--as <persona>' not specified");
    expect((await run("explain", "--as", "bob")).exitCode).toBe(2);
  });
});
