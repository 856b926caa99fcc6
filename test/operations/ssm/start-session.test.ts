import { beforeEach, describe, expect, it } from "vitest";
import { noRunAsUserMessage } from "../../../emulator/access/run-as.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import type { NodeDescription } from "../../../emulator/operations/ports/managed-nodes.ts";
import type { StartSessionTask } from "../../../emulator/operations/ports/session-control.ts";
import { createDocument } from "../../../emulator/operations/ssm/create-document.ts";
import { startSession } from "../../../emulator/operations/ssm/start-session.ts";
import { updateDocument } from "../../../emulator/operations/ssm/update-document.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../../helpers/principals.ts";
import { refusal } from "../../helpers/refusal.ts";
import { shellDocument } from "../../helpers/session-documents.ts";
import { webNode } from "../../http/admin-options.ts";

const preferences = "SSM-SessionManagerRunShell";
const Target = webNode.nodeId;

let tasks: StartSessionTask[];
let node: NodeDescription;
let context: OperationContext;

beforeEach(() => {
  tasks = [];
  node = webNode;
  context = contextOf();
});

function contextOf(overrides: Partial<OperationContext> = {}): OperationContext {
  const base = operationContext();
  return {
    ...base,
    principal: userPrincipal("alice"),
    nodes: { list: () => [node], get: (nodeId) => (nodeId === node.nodeId ? node : undefined) },
    sessions: {
      ...base.sessions,
      start(task) {
        tasks.push(task);
        return { tokenValue: "token" };
      },
    },
    ...overrides,
  };
}

function putDocument(Name: string, inputs: Readonly<Record<string, unknown>>): void {
  createDocument.handle({ Name, DocumentType: "Session", Content: shellDocument(inputs) }, context);
}

function start(input: Partial<Parameters<typeof startSession.handle>[0]> = {}) {
  return startSession.handle({ Target, ...input }, context);
}

/** The task that the node was given. */
function task(): StartSessionTask {
  const [only] = tasks;
  if (only === undefined || tasks.length > 1) throw new Error(`expected one task, got ${tasks.length}`);
  return only;
}

describe("StartSession", () => {
  it("answers with id, token and StreamUrl", () => {
    expect(start()).toEqual({
      SessionId: "alice-00000000000000001",
      TokenValue: "token",
      StreamUrl: "ws://127.0.0.1:4583/v1/data-channel/alice-00000000000000001?role=publish_subscribe",
    });
  });

  it("hands the node the document, its reason and who asks", () => {
    start({ Reason: "INC-1" });
    expect(task()).toMatchObject({
      sessionId: "alice-00000000000000001",
      target: Target,
      documentName: preferences,
      document: { type: "parsed", document: { inputs: { runAsEnabled: false, idleSessionTimeout: 20 } } },
      runAsUser: "",
      principal: { userName: "alice" },
      reason: "INC-1",
      decision: { outcome: "pending", steps: [{ by: "service", finding: "Run As is off" }] },
    });
  });

  it.each([
    [userPrincipal("alice"), "alice-"],
    [rolePrincipal("operator", { sessionName: "alice@example" }), "alice@example-"],
    [operationContext().principal, "root-"],
  ])("names the session after its owner: %#", (principal, prefix) => {
    context = contextOf({ principal });
    start();
    expect(task().sessionId.slice(0, -17)).toBe(prefix);
    expect(task().sessionId.slice(-17)).toMatch(/^0[0-9a-f]{16}$/);
  });
});

describe("StartSession's document", () => {
  it("is the account's preferences, by default or by name", () => {
    putDocument(preferences, { idleSessionTimeout: "7" });
    for (const input of [{}, { DocumentName: preferences }]) {
      tasks = [];
      start(input);
      expect(task().document).toMatchObject({ document: { inputs: { idleSessionTimeout: 7 } } });
    }
  });

  it("is found by ARN, too", () => {
    putDocument("shell", { idleSessionTimeout: "7" });
    start({ DocumentName: `arn:aws:ssm:us-east-1:${context.accountId}:document/shell` });
    expect(task()).toMatchObject({
      documentName: "shell",
      document: { document: { inputs: { idleSessionTimeout: 7 } } },
    });
  });

  it("is taken in its newest version, whichever is the default", () => {
    putDocument(preferences, { idleSessionTimeout: "7" });
    const Content = shellDocument({ idleSessionTimeout: "8" });
    updateDocument.handle({ Name: preferences, Content, DocumentVersion: "$LATEST" }, context);
    start();
    expect(task().document).toMatchObject({ document: { inputs: { idleSessionTimeout: 8 } } });
  });

  it("is refused when there is none", () => {
    expect(refusal(() => start({ DocumentName: "missing" }))).toEqual({
      code: "InvalidDocument",
      message: "Document with name missing does not exist.",
    });
  });

  it("is refused when it is not of type Session", () => {
    const Content = '{"schemaVersion":"2.2","mainSteps":[]}';
    createDocument.handle({ Name: "command", DocumentType: "Command", Content }, context);
    for (const DocumentName of ["command", "AWS-RunShellScript"]) {
      expect(refusal(() => start({ DocumentName }))).toEqual({
        code: "InvalidDocument",
        message:
          "Document type: 'Command' is not supported. Only type: 'Session' is supported for Session Manager.",
      });
    }
  });

  it("is refused with a parameter that it does not have", () => {
    expect(refusal(() => start({ Parameters: { nope: ["1"] } })).code).toBe("InvalidParameters");
  });

  it.each([
    ["AWS-StartPortForwardingSession", { portNumber: ["80"] }, "Port"],
    ["AWS-StartSSHSession", {}, "Port"],
    ["AWS-StartInteractiveCommand", { command: ["ls"] }, "InteractiveCommands"],
    ["AWS-StartNonInteractiveCommand", { command: ["ls"] }, "NonInteractiveCommands"],
  ])("may be AWS's own %s, with its parameters in their places", (DocumentName, Parameters, sessionType) => {
    start({ DocumentName, Parameters });
    expect(task()).toMatchObject({ documentName: DocumentName, document: { document: { sessionType } } });
  });

  it("of AWS's own takes the inputs of the preferences", () => {
    putDocument(preferences, { runAsEnabled: true, runAsDefaultUser: "ops" });
    start({ DocumentName: "AWS-StartInteractiveCommand", Parameters: { command: ["ls"] } });
    expect(task()).toMatchObject({
      document: { document: { inputs: { runAsEnabled: true, runAsDefaultUser: "ops" } } },
    });
  });

  it("of a port needs nobody whom Run As names", () => {
    putDocument(preferences, { runAsEnabled: true });
    expect(refusal(start)).toEqual({ code: "BadRequest", message: noRunAsUserMessage });
    start({ DocumentName: "AWS-StartSSHSession" });
    expect(task()).toMatchObject({
      runAsUser: "",
      decision: { steps: [{ by: "service", finding: expect.stringMatching(/ignore Run As/) }] },
    });
  });

  it.each([
    ["3.1.1373.0", true],
    ["3.1.1374.0", false],
  ])("of a remote host wants an agent that forwards to one: %s", (agentVersion, isRefused) => {
    node = { ...webNode, agentVersion };
    const startRemote = () =>
      start({
        DocumentName: "AWS-StartPortForwardingSessionToRemoteHost",
        Parameters: { host: ["db.internal"], portNumber: ["5432"] },
      });
    if (!isRefused) return void startRemote();
    expect(refusal(startRemote)).toMatchObject({
      code: "BadRequest",
      message: expect.stringMatching(/^The version of the SSM agent .* to remote hosts\./),
    });
    expect(tasks).toEqual([]);
  });

  it("is handed over even if the agent cannot parse it, for it to be silent about", () => {
    putDocument(preferences, { runAsEnabled: "yes" });
    start();
    expect(task()).toMatchObject({
      document: { type: "unparsable" },
      runAsUser: "",
      decision: { steps: [], outcome: "pending" },
    });
  });
});

describe("StartSession's target", () => {
  it.each(["i-0000000000000dead", "nonsense"])("%s is not connected when there is none", (unknown) => {
    expect(refusal(() => start({ Target: unknown }))).toEqual({
      code: "TargetNotConnected",
      message: `${unknown} is not connected.`,
    });
  });

  it("is not connected when its connection is lost", () => {
    node = { ...webNode, pingStatus: "ConnectionLost" };
    expect(refusal(start).code).toBe("TargetNotConnected");
  });
});

describe("StartSession under Run As", () => {
  const tags = [{ key: "SSMSessionRunAs", value: "webadmin" }];

  it("passes the caller's tag on to the node, with the reasons", () => {
    putDocument(preferences, { runAsEnabled: true, runAsDefaultUser: "ops" });
    context = { ...context, principal: { ...userPrincipal("alice"), tags } };
    start();
    expect(task().runAsUser).toBe("webadmin");
    expect(task().decision.steps.map(({ finding }) => finding)).toEqual([
      "Run As is on",
      "IAM user tag SSMSessionRunAs=webadmin of arn:aws:iam::000000000000:user/alice",
    ]);
  });

  it("passes nothing on when it is off", () => {
    context = { ...context, principal: { ...userPrincipal("alice"), tags } };
    start();
    expect(task().runAsUser).toBe("");
  });

  it("leaves the default user to the node", () => {
    putDocument(preferences, { runAsEnabled: true, runAsDefaultUser: "ops" });
    start();
    expect(task().runAsUser).toBe("");
  });

  it("refuses a caller for whom nobody is named", () => {
    putDocument(preferences, { runAsEnabled: true });
    expect(refusal(start)).toEqual({ code: "BadRequest", message: noRunAsUserMessage });
    expect(tasks).toEqual([]);
  });

  it("leaves that refusal to the node when set to", () => {
    putDocument(preferences, { runAsEnabled: true });
    context = { ...context, settings: { ...context.settings, missingRunAsUserRefusedBy: "node" } };
    start();
    expect(task().runAsUser).toBe("");
  });
});

describe("StartSession's checks", () => {
  it("look at the document first, then at the target, then at Run As", () => {
    putDocument(preferences, { runAsEnabled: true });
    const Unknown = { Target: "i-0000000000000dead" };
    expect(refusal(() => start({ ...Unknown, DocumentName: "missing" })).code).toBe("InvalidDocument");
    expect(refusal(() => start(Unknown)).code).toBe("TargetNotConnected");
    expect(refusal(start).code).toBe("BadRequest");
  });
});
