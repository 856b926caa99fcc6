import { describe, expect, it } from "vitest";
import { bucketNotChecked, logGroupNotEncrypted } from "../../emulator/agent/failure-texts.ts";
import { startShell } from "../../emulator/agent/start-shell.ts";
import { FakeNode, nodeGone } from "../helpers/fake-node.ts";
import { shellReading } from "./session-bench.ts";

const encryptedGroup = "/encrypted";

async function start(node: FakeNode, inputs: Readonly<Record<string, unknown>> = {}, runAsUser = "") {
  const reading = shellReading(inputs);
  if (reading.type === "unparsable") throw new Error(reading.reason);
  return startShell(node, {
    inputs: reading.document.inputs,
    runAsUser,
    isLogGroupEncrypted: (name) => name === encryptedGroup,
  });
}

const banner = "\n----------ERROR-------\nUnable to start command: ";

describe("the shell", () => {
  it("is a plain sh in the agent's directory, with the user's credential and little else", async () => {
    const node = new FakeNode({ alice: 1500 });
    const inputs = { runAsEnabled: true };
    expect(await start(node, inputs, "alice")).toMatchObject({ type: "started", userName: "alice" });
    expect(node.opened).toEqual([
      {
        argv: ["sh"],
        environment: {
          HOME: "/home/alice",
          LANG: "C.UTF-8",
          PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          TERM: "xterm-256color",
        },
        workingDirectory: "/usr/bin",
        credential: { uid: 1500, gid: 1500, groups: [1500] },
      },
    ]);
  });

  it("runs as ssm-user, which is made first, without Run As", async () => {
    const node = new FakeNode();
    expect(await start(node, {}, "alice")).toMatchObject({ type: "started", userName: "ssm-user" });
    expect(node.calls).toEqual(["ensure ssm-user", "id ssm-user", "open sh"]);
  });

  it("runs as the tag's user before the preferences' default user", async () => {
    const node = new FakeNode({ alice: 1500, bob: 1600 });
    const inputs = { runAsEnabled: true, runAsDefaultUser: "bob" };
    expect(await start(node, inputs, "alice")).toMatchObject({ userName: "alice" });
    expect(await start(node, inputs)).toMatchObject({ userName: "bob" });
    expect(node.calls).not.toContain("ensure ssm-user");
  });
});

describe("a refusal under Run As", () => {
  it.each([
    ["bob", "failed to start pty since RunAs user bob does not exist"],
    ["root", "invalid uid and gid"],
    ["a;b", "failed to start pty since RunAs user a;b does not exist"],
    ["", "please set the RunAs default user"],
  ])("of %j opens no shell and is delayed", async (user, text) => {
    const node = new FakeNode({ root: 0 });
    const shell = await start(node, { runAsEnabled: true }, user);
    expect(shell).toMatchObject({ type: "refused", output: `${banner}${text}\n`, delayed: true });
    expect(node.opened).toEqual([]);
  });
});

describe("a node that fails", () => {
  it("refuses the shell in the agent's form, delayed", async () => {
    const node = new FakeNode();
    node.failure = nodeGone("no terminal");
    expect(await start(node)).toEqual({
      type: "refused",
      output: `${banner}Failed to start pty: no terminal\n\n`,
      delayed: true,
      steps: [{ by: "node", finding: "the node failed: no terminal" }],
    });
  });

  it("hides no fault of ours", async () => {
    const node = new FakeNode();
    node.failure = new TypeError("a bug");
    await expect(start(node)).rejects.toBe(node.failure);
  });
});

describe("the checks of the log destinations", () => {
  const bucket = { s3BucketName: "b", s3EncryptionEnabled: true };
  const group = { cloudWatchLogGroupName: "/plain", cloudWatchEncryptionEnabled: true };

  it.each([
    ["a bucket that is to be encrypted", bucket, bucketNotChecked],
    ["a group that is to be encrypted and is not", group, logGroupNotEncrypted],
    ["both, the bucket first", { ...bucket, ...group }, bucketNotChecked],
  ])("refuse %s, without banner or delay, before Run As is looked at", async (_what, inputs, output) => {
    const node = new FakeNode();
    const shell = await start(node, { ...inputs, runAsEnabled: true }, "nobody-here");
    expect(shell).toEqual({
      type: "refused",
      output,
      delayed: false,
      steps: [{ by: "node", finding: output }],
    });
    expect(node.calls).toEqual([]);
  });

  it.each([
    { ...bucket, s3EncryptionEnabled: false },
    { ...bucket, s3BucketName: "" },
    { ...group, cloudWatchEncryptionEnabled: false },
    { ...group, cloudWatchLogGroupName: "" },
    { ...group, cloudWatchLogGroupName: encryptedGroup },
  ])("let pass %j", async (inputs) => {
    expect((await start(new FakeNode(), inputs)).type).toBe("started");
  });
});
