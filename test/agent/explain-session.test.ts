import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Explanation } from "../../emulator/access/explanation.ts";
import type { Principal } from "../../emulator/access/principal.ts";
import { explainSession } from "../../emulator/agent/explain-session.ts";
import { isLogGroupEncrypted } from "../../emulator/agent/log-group-sink.ts";
import { startShell } from "../../emulator/agent/start-shell.ts";
import { ServiceException } from "../../emulator/errors.ts";
import { findPersona } from "../../emulator/operations/find-persona.ts";
import type { OperationContext } from "../../emulator/operations/operation.ts";
import type { StartSessionTask } from "../../emulator/operations/ports/session-control.ts";
import { createDocument } from "../../emulator/operations/ssm/create-document.ts";
import { startSession } from "../../emulator/operations/ssm/start-session.ts";
import { applySeed } from "../../emulator/seed/apply-seed.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { FakeNode, nodeGone } from "../helpers/fake-node.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { accountId, operationContext } from "../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../helpers/principals.ts";
import { shellDocument } from "../helpers/session-documents.ts";
import { webNode } from "../http/admin-options.ts";
import { idleHost } from "./plugin-host.ts";

/** Everything that a decision depends on. */
interface Situation {
  readonly principal: Principal;
  /** Undefined: the account has no preferences document. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
  readonly users?: Readonly<Record<string, number>>;
  readonly documentName?: string;
  readonly isOnline?: boolean;
  readonly refusedBy?: "service" | "node";
}

function contextOf(situation: Situation): OperationContext {
  const { inputs, isOnline = true, refusedBy = "service" } = situation;
  const base = operationContext();
  const node = { ...webNode, pingStatus: isOnline ? "Online" : "ConnectionLost" } as const;
  const context = {
    ...base,
    principal: situation.principal,
    nodes: { list: () => [node], get: (id: string) => (id === node.nodeId ? node : undefined) },
    settings: { ...base.settings, missingRunAsUserRefusedBy: refusedBy },
  };
  if (inputs !== undefined) putDocument("SSM-SessionManagerRunShell", shellDocument(inputs));
  putDocument("own", shellDocument({ runAsEnabled: true, runAsDefaultUser: "ops" }));
  context.state.logGroups.put("/kms", {
    name: "/kms",
    createdAt: 1,
    kmsKeyId: "key",
    logGroupClass: "STANDARD",
  });
  return context;

  function putDocument(Name: string, Content: string): void {
    createDocument.handle({ Name, DocumentType: "Session", Content }, context);
  }
}

/** How it ends when the session is really started. */
async function start(situation: Situation): Promise<Explanation["outcome"]> {
  const base = contextOf(situation);
  const tasks: StartSessionTask[] = [];
  const sessions = {
    ...base.sessions,
    start(task: StartSessionTask) {
      tasks.push(task);
      return { tokenValue: "token" };
    },
  };
  const { documentName } = situation;
  try {
    startSession.handle(
      { Target: webNode.nodeId, ...(documentName !== undefined && { DocumentName: documentName }) },
      { ...base, sessions },
    );
  } catch (error) {
    if (!(error instanceof ServiceException)) throw error;
    return { type: "refused", by: "service", code: error.code, text: error.message };
  }
  const [task] = tasks;
  if (task === undefined) throw new Error("StartSession gave the node no task");
  if (task.document.type === "unparsable") return { type: "silent", text: expect.any(String) as string };
  // Root connects, and no user is looked up.
  if (task.document.document.sessionType === "Port") return { type: "run", user: "root" };
  const shell = await startShell(
    new FakeNode(situation.users),
    {
      document: task.document.document,
      runAsUser: task.runAsUser,
      isLogGroupEncrypted: (name) => isLogGroupEncrypted(base.state, name),
    },
    { host: idleHost, realClock: new ManualClock() },
  );
  return shell.type === "started"
    ? { type: "run", user: shell.userName }
    : { type: "refused", by: "node", text: shell.output };
}

async function explain(situation: Situation, node = new FakeNode(situation.users)): Promise<Explanation> {
  const context = contextOf(situation);
  const [target = webNode] = context.nodes.list();
  const explanation = await explainSession(
    { target, documentName: situation.documentName },
    { ...context, node },
  );
  // It asks about users and does nothing else.
  expect(node.calls.filter((call) => !call.startsWith("id "))).toEqual([]);
  return explanation;
}

const users = { ops: 1500, webadmin: 1600, root: 0 };
const runAs = (runAsDefaultUser: string) => ({ runAsEnabled: true, runAsDefaultUser });
const tagged = (value: string, key = "SSMSessionRunAs") => ({
  ...userPrincipal("alice"),
  tags: [{ key, value }],
});
const alice = userPrincipal("alice");
const root = operationContext().principal;
const role = rolePrincipal("operator", { roleTags: [{ key: "SSMSessionRunAs", value: "ops" }] });
const tagOfSession = { sessionTags: [{ key: "ssmsessionrunas", value: "webadmin" }] };

describe("an explanation ends as the session does", () => {
  it.each<[string, Situation, Explanation["outcome"]["type"]]>([
    ["without preferences", { principal: alice }, "run"],
    ["with Run As off", { principal: tagged("ops"), inputs: { runAsEnabled: false } }, "run"],
    [
      "with Run As off and ssm-user there",
      { principal: alice, inputs: {}, users: { "ssm-user": 1001 } },
      "run",
    ],
    ["for a user's tag", { principal: tagged("webadmin"), inputs: runAs("ops") }, "run"],
    [
      "for a tag in another case",
      { principal: tagged("webadmin", "SSMSESSIONRUNAS"), inputs: runAs("") },
      "run",
    ],
    ["for a role's tag", { principal: role, inputs: runAs("") }, "run"],
    [
      "for a session tag over a role's",
      { principal: { ...role, ...tagOfSession }, inputs: runAs("") },
      "run",
    ],
    ["for the default user", { principal: alice, inputs: runAs("ops") }, "run"],
    ["for an empty tag and a default user", { principal: tagged(""), inputs: runAs("ops") }, "run"],
    ["for root, whom nobody names", { principal: root, inputs: runAs("") }, "refused"],
    ["for a blank default user", { principal: alice, inputs: runAs("  ") }, "refused"],
    ["for nobody, left to the node", { principal: alice, inputs: runAs(""), refusedBy: "node" }, "refused"],
    ["for a missing user, default or not", { principal: tagged("bob"), inputs: runAs("ops") }, "refused"],
    ["for ssm-user under Run As", { principal: tagged("ssm-user"), inputs: runAs("") }, "refused"],
    ["for uid 0", { principal: tagged("root"), inputs: runAs("") }, "refused"],
    ["for shell syntax", { principal: alice, inputs: runAs("ops;id") }, "refused"],
    ["for a node that is lost", { principal: alice, inputs: runAs("ops"), isOnline: false }, "refused"],
    ["by a document of one's own", { principal: alice, inputs: runAs(""), documentName: "own" }, "run"],
    ["by a document that is missing", { principal: alice, documentName: "none" }, "refused"],
    [
      "by a document without its parameter",
      { principal: alice, documentName: "AWS-StartInteractiveCommand" },
      "refused",
    ],
    [
      "of a port, whomever Run As names",
      { principal: alice, inputs: runAs(""), documentName: "AWS-StartSSHSession" },
      "run",
    ],
    ["by preferences that no agent parses", { principal: alice, inputs: { runAsEnabled: "yes" } }, "silent"],
    ["with KMS", { principal: alice, inputs: { kmsKeyId: "alias/x" } }, "run"],
    [
      "with a log group that must be encrypted and is not",
      { principal: alice, inputs: { cloudWatchLogGroupName: "/plain", cloudWatchEncryptionEnabled: true } },
      "refused",
    ],
    [
      "with a log group that is encrypted",
      { principal: alice, inputs: { cloudWatchLogGroupName: "/kms", cloudWatchEncryptionEnabled: true } },
      "run",
    ],
    [
      "with a bucket that must be encrypted",
      { principal: alice, inputs: { s3BucketName: "b", s3EncryptionEnabled: true } },
      "refused",
    ],
  ])("%s", async (_what, rest, type) => {
    const situation = { users, ...rest };
    const { outcome } = await explain(situation);
    expect(outcome.type).toBe(type);
    expect(outcome).toEqual(await start(situation));
  });

  it.each(["root", "test-user", "alice", "bob", "role/operator"])(
    "for the built-in seed's %s",
    async (as) => {
      const state = createMemoryState();
      applySeed(builtInSeed, state, 1);
      const persona = findPersona(
        { as, sessionTags: [], roleSessionName: undefined },
        { accountId, state },
        1,
      );
      if (persona.type === "refused") throw new Error(persona.message);
      const { principal } = persona;
      const situation = { principal, inputs: runAs(""), users: { "my-os-user": 1001, "test-user": 1002 } };
      expect((await explain(situation)).outcome).toEqual(await start(situation));
    },
  );

  it("whatever the tags, the preferences and the node's users", async () => {
    const name = fc.constantFrom("", " ", "ops", "webadmin", "root", "bob", "ssm-user", "ops;id");
    const inputs = fc.record(
      {
        runAsEnabled: fc.constantFrom<unknown>(true, false, "true", "", "yes"),
        runAsDefaultUser: name,
        cloudWatchLogGroupName: fc.constantFrom("", "/kms", "/plain"),
        cloudWatchEncryptionEnabled: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const situation = fc.record({
      principal: fc.oneof(
        fc.constantFrom<Principal>(root, alice, role),
        name.map((value) => tagged(value)),
      ),
      inputs: fc.option(inputs, { nil: undefined }),
      users: fc.constantFrom({}, users, { ...users, "ssm-user": 1001 }),
      isOnline: fc.boolean(),
      refusedBy: fc.constantFrom("service" as const, "node" as const),
    });
    await fc.assert(
      fc.asyncProperty(situation, async (any) => {
        expect((await explain(any)).outcome).toEqual(await start(any));
      }),
    );
  });
});

describe("an explanation", () => {
  it("tells every stage", async () => {
    const situation = { principal: { ...role, ...tagOfSession }, inputs: runAs("ops"), users };
    expect(await explain(situation)).toEqual({
      principal: {
        type: "assumed-role",
        arn: role.arn,
        userId: role.userId,
        tags: [
          { key: "ssmsessionrunas", value: "webadmin", source: "STS session tag", transitive: false },
          {
            key: "SSMSessionRunAs",
            value: "ops",
            source: "role tag",
            transitive: false,
            overriddenBy: "STS session tag",
          },
        ],
      },
      target: { nodeId: webNode.nodeId, name: "web-1", pingStatus: "Online" },
      document: {
        name: "SSM-SessionManagerRunShell",
        version: "1",
        inputs: expect.arrayContaining([
          { name: "runAsDefaultUser", value: "ops", from: "SSM-SessionManagerRunShell version 1" },
        ]),
      },
      service: {
        outcome: "proceed",
        runAsUser: "webadmin",
        steps: ["Run As is on", `STS session tag ssmsessionrunas=webadmin of ${role.arn}`],
      },
      node: {
        outcome: "run",
        user: { name: "webadmin", uid: 1600, gid: 1600, groups: [1600], home: "/home/webadmin" },
        makesSsmUser: false,
        steps: ["chosen user: webadmin", "user webadmin exists on the node: uid 1600, gid 1600"],
      },
      outcome: { type: "run", user: "webadmin" },
    });
  });

  it("says that ssm-user would be made, and makes none", async () => {
    const { node, outcome } = await explain({ principal: alice, users });
    expect(node).toEqual({
      outcome: "run",
      makesSsmUser: true,
      steps: [
        "without Run As sessions run as ssm-user",
        "ssm-user is missing on the node; the session would make it",
      ],
    });
    expect(outcome).toEqual({ type: "run", user: "ssm-user" });
  });

  it("asks no node when the service refuses", async () => {
    const node = new FakeNode();
    const explanation = await explain({ principal: root, inputs: runAs("") }, node);
    expect(explanation).not.toHaveProperty("node");
    expect(node.calls).toEqual([]);
  });

  it("tells of no document when none was read", async () => {
    expect(await explain({ principal: root, documentName: "none" })).not.toHaveProperty("document");
  });

  it("tells of a node that does not answer as its client would be told", async () => {
    const node = new FakeNode();
    node.lookUpUser = () => Promise.reject(nodeGone());
    const { outcome } = await explain({ principal: tagged("ops"), inputs: runAs("") }, node);
    expect(outcome).toMatchObject({ by: "node", text: expect.stringContaining("the node is gone") });
  });
});
