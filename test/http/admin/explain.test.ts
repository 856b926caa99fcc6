import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { adminApi } from "../../../emulator/http/admin-api.ts";
import { applySeed } from "../../../emulator/seed/apply-seed.ts";
import { builtInSeed } from "../../../emulator/seed/built-in-seed.ts";
import { FakeNode } from "../../helpers/fake-node.ts";
import { adminOptions, webNode } from "../admin-options.ts";

async function explain(query: Readonly<Record<string, string | string[]>>) {
  const options = adminOptions();
  applySeed(builtInSeed, options.state(), 1);
  const node = new FakeNode({ "my-os-user": 1001, "test-user": 1002 });
  await using app = fastify();
  await app.register(adminApi, { ...options, explain: { ...options.explain, node: () => node } });
  const response = await app.inject({ url: "/_emulator/explain", query });
  return { status: response.statusCode, answer: response.json() };
}

describe("GET /_emulator/explain", () => {
  it.each(["web-1", webNode.nodeId])(
    "answers with the decision about %s, nothing left out",
    async (target) => {
      const { status, answer } = await explain({ as: "alice", target });
      expect(status).toBe(200);
      expect(answer).toMatchObject({
        principal: { type: "user", tags: [{ key: "SSMSessionRunAs", source: "IAM user tag" }] },
        target: { nodeId: webNode.nodeId, name: "web-1", pingStatus: "Online" },
        document: { name: "SSM-SessionManagerRunShell", version: "1" },
        service: { outcome: "proceed", runAsUser: "my-os-user" },
        node: { outcome: "run", user: { uid: 1001, groups: [1001], home: "/home/my-os-user" } },
        outcome: { type: "run", user: "my-os-user" },
      });
      expect(answer.document.inputs).toContainEqual({
        name: "runAsEnabled",
        value: true,
        from: "SSM-SessionManagerRunShell version 1",
      });
    },
  );

  it("takes a role with several session tags and a session name", async () => {
    const sessionTag = ["SSMSessionRunAs=test-user", "Team=a=b"];
    const { answer } = await explain({
      as: "role/operator",
      target: "web-1",
      sessionTag,
      roleSessionName: "work",
    });
    expect(answer).toMatchObject({
      principal: {
        arn: "arn:aws:sts::000000000000:assumed-role/operator/work",
        tags: [{ value: "test-user" }, { key: "Team", value: "a=b" }, { overriddenBy: "STS session tag" }],
      },
      outcome: { user: "test-user" },
    });
  });

  it("takes a single session tag", async () => {
    const query = { as: "role/operator", target: "web-1", sessionTag: "SSMSessionRunAs=test-user" };
    expect((await explain(query)).answer.outcome).toEqual({ type: "run", user: "test-user" });
  });

  it.each([
    ["root", { by: "service", code: "BadRequest" }],
    ["bob", { by: "node", text: expect.stringContaining("RunAs user os-test-user does not exist") }],
  ])("tells how %s is refused", async (as, outcome) => {
    expect((await explain({ as, target: "web-1" })).answer.outcome).toMatchObject({
      type: "refused",
      ...outcome,
    });
  });

  it.each([
    [{ as: "carol" }, "There is no persona carol. Known: root, test-user, alice, bob, role/operator."],
    [{ target: "web-9" }, `There is no node web-9. Known: web-1 (${webNode.nodeId}).`],
    [{ documentName: "nope" }, /^There is no document nope\. Known: AWS-.*, SSM-SessionManagerRunShell\.$/],
  ])("knows what is not there: %j", async (wrong, message) => {
    const { status, answer } = await explain({ as: "alice", target: "web-1", ...wrong });
    expect(status).toBe(404);
    expect(answer.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  it("wants to know who and where", async () => {
    expect((await explain({ as: "alice" })).status).toBe(400);
    expect((await explain({ target: "web-1" })).status).toBe(400);
  });
});
