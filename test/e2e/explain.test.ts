import { type SSMClient, SSMServiceException } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Explanation } from "../../emulator/access/explanation.ts";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { assumeOperator } from "../helpers/sessions.ts";
import { engineNode, onNode } from "./node.ts";
import { connect, noRunAs, runAs, setPreferences } from "./shells.ts";

/** What is explained is what happens: each session is explained, then started. */

describeWithNodes("an explanation and the session after it agree", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator();
    await onNode(lab, "useradd -m -G 0 member && useradd -m -g 0 wheelless");
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  async function explain(query: Readonly<Record<string, string>>): Promise<Explanation> {
    const parameters = new URLSearchParams({ target: "web-1", ...query });
    const response = await fetch(`${lab.emulator.url}/_emulator/explain?${parameters}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Explanation;
  }

  /** Starts the session, and asks its shell who it is. */
  async function start(client: SSMClient): Promise<Explanation["outcome"]> {
    try {
      await using session = await connect(client);
      const refusal = await Promise.race([
        session.closed,
        session.expectText("sh-5.2$ ").then(() => undefined),
      ]);
      return refusal === undefined
        ? { type: "run", user: await session.run("id -un") }
        : { type: "refused", by: "node", text: refusal };
    } catch (error) {
      if (!(error instanceof SSMServiceException)) throw error;
      return { type: "refused", by: "service", code: error.name, text: error.message };
    }
  }

  const role = { as: "role/operator", roleSessionName: "test-user" };

  it.each<
    [string, Record<string, unknown>, Readonly<Record<string, string>>, Explanation["outcome"]["type"]]
  >([
    ["the user's tag", runAs(), { as: "alice" }, "run"],
    ["a tag's user who is missing", runAs("test-user"), { as: "bob" }, "refused"],
    ["nobody named", runAs(), { as: "test-user" }, "refused"],
    ["root, whom nobody names", runAs(), { as: "root" }, "refused"],
    ["the default user", runAs("test-user"), { as: "root" }, "run"],
    ["the role's tag", runAs(), role, "run"],
    ["the session tag", runAs(), { ...role, sessionTag: "SSMSessionRunAs=test-user" }, "run"],
    ["ssm-user under Run As", runAs("ssm-user"), { as: "root" }, "refused"],
    ["root as the default user", runAs("root"), { as: "root" }, "refused"],
    ["a user whose group is 0", runAs("wheelless"), { as: "root" }, "refused"],
    [
      "a log group that must be encrypted",
      { ...runAs(), cloudWatchLogGroupName: "/ssm/session-logs", cloudWatchEncryptionEnabled: true },
      { as: "alice" },
      "refused",
    ],
    ["Run As off", noRunAs, { as: "alice" }, "run"],
  ])("about %s", async (_what, preferences, query, type) => {
    await setPreferences(lab, preferences);
    const { outcome } = await explain(query);
    expect(outcome.type).toBe(type);
    const client =
      query.as === role.as
        ? await assumeOperator(lab, query.sessionTag?.split("=")[1])
        : lab.ssm(query.as ?? "");
    expect(outcome).toEqual(await start(client));
  });

  it("about the user's ids and groups", async () => {
    await setPreferences(lab, runAs("member"));
    const { node } = await explain({ as: "root" });
    const ids = await onNode(lab, "id -u member; id -g member; id -G member");
    const { uid, gid, groups = [], home } = node?.user ?? {};
    expect([uid, gid, groups.join(" ")].join("\n")).toBe(ids);
    expect(home).toBe("/home/member");
  });

  it("about ssm-user, which the session makes and the explanation does not", async () => {
    await onNode(lab, "userdel -f -r ssm-user").catch(() => undefined);
    await setPreferences(lab, noRunAs);
    const { node, outcome } = await explain({ as: "alice" });
    expect(node?.makesSsmUser).toBe(true);
    expect(await onNode(lab, "id ssm-user 2>&1 || true")).toContain("no such user");
    expect(await start(lab.ssm("alice"))).toEqual(outcome);
    expect((await explain({ as: "alice" })).node).toMatchObject({
      makesSsmUser: false,
      user: { name: "ssm-user" },
    });
    const sessions = [...lab.emulator.state().sessions.values()].length;
    await explain({ as: "alice" });
    expect([...lab.emulator.state().sessions.values()]).toHaveLength(sessions);
  });

  it("about a node that has stopped", async () => {
    await setPreferences(lab, runAs());
    await engineNode(lab).stop();
    await expect
      .poll(async () => (await explain({ as: "alice" })).outcome, { timeout: 10_000 })
      .toMatchObject({ type: "refused", code: "TargetNotConnected" });
    expect((await explain({ as: "alice" })).outcome).toEqual(await start(lab.ssm("alice")));
  });
});
