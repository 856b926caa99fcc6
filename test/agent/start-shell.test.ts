import { describe, expect, it } from "vitest";
import { bucketNotChecked, logGroupNotEncrypted } from "../../emulator/agent/failure-texts.ts";
import { startShell } from "../../emulator/agent/start-shell.ts";
import type { AgentReading } from "../../emulator/documents/read-as-agent.ts";
import { ManagedNodeError } from "../../emulator/errors.ts";
import { FakeNode, nodeGone } from "../helpers/fake-node.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { idleHost } from "./plugin-host.ts";
import { commandReading, shellReading } from "./session-bench.ts";

const encryptedGroup = "/encrypted";

async function start(node: FakeNode, inputs: Readonly<Record<string, unknown>> = {}, runAsUser = "") {
  return startReading(node, shellReading(inputs), runAsUser);
}

async function startReading(node: FakeNode, reading: AgentReading, runAsUser = "") {
  if (reading.type === "unparsable") throw new Error(reading.reason);
  return startShell(
    node,
    {
      document: reading.document,
      runAsUser,
      isLogGroupEncrypted: (name) => name === encryptedGroup,
    },
    { host: idleHost, realClock: new ManualClock() },
  );
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

describe("an interactive command", () => {
  it("is given to sh as text, on a terminal, and types no profile", async () => {
    const node = new FakeNode();
    const inputs = { shellProfile: { linux: "cd /tmp" } };
    const start = await startReading(
      node,
      commandReading("InteractiveCommands", { commands: "ls | wc" }, inputs),
    );
    expect(start).toMatchObject({ type: "started", userName: "ssm-user" });
    expect(node.opened).toMatchObject([{ argv: ["sh", "-c", "ls | wc"] }]);
    expect(node.terminal.received).toEqual([]);
  });

  it("that says runAsElevated runs as root in root's home, and Run As is not looked at", async () => {
    const node = new FakeNode({});
    const inputs = { runAsEnabled: true, runAsDefaultUser: "nobody-here" };
    const reading = commandReading("InteractiveCommands", { commands: "id", runAsElevated: true }, inputs);
    expect(await startReading(node, reading, "alice")).toMatchObject({ type: "started", userName: "root" });
    expect(node.opened).toMatchObject([{ credential: undefined, environment: { HOME: "/root" } }]);
    expect(node.calls).toEqual(["open sh -c id"]);
  });

  it("that is empty is refused before the log destinations and Run As are looked at, without delay", async () => {
    const inputs = {
      cloudWatchLogGroupName: "/plain",
      cloudWatchEncryptionEnabled: true,
      runAsEnabled: true,
    };
    const reading = commandReading("InteractiveCommands", { commands: " " }, inputs);
    expect(await startReading(new FakeNode(), reading)).toMatchObject({
      type: "refused",
      output: "Commands cannot be empty for session type InteractiveCommands",
      delayed: false,
    });
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
    ["both, the group first", { ...bucket, ...group }, logGroupNotEncrypted],
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

describe("a non-interactive command", () => {
  const start = (node: FakeNode, linux: Readonly<Record<string, unknown>>, inputs = {}, user = "") =>
    startReading(node, commandReading("NonInteractiveCommands", linux, inputs), user);

  it("is split into words for no shell, and its outputs share a pipe", async () => {
    const node = new FakeNode();
    expect(await start(node, { commands: "echo 'a b' $HOME | cat" })).toMatchObject({ type: "started" });
    expect(node.opened).toMatchObject([{ argv: ["echo", "a b", "$HOME", "|", "cat"], joinOutput: true }]);
  });

  it("has a pipe for each output when the document separates them", async () => {
    const node = new FakeNode();
    await start(node, { commands: "id", separateOutputStream: true });
    expect(node.opened).toMatchObject([{ argv: ["id"], joinOutput: false }]);
  });

  it("whose user is missing is refused twice: in the output, then under the banner", async () => {
    const text = "Unable to start command: failed to start pty since RunAs user bob does not exist\n";
    expect(await start(new FakeNode(), { commands: "id" }, { runAsEnabled: true }, "bob")).toMatchObject({
      type: "refused",
      output: `\n----------ERROR-------\n${text}`,
      delayed: true,
      shown: [{ text, kind: "stderr" }],
    });
  });

  it.each([
    ["echo 'a", "EOF found when expecting closing quote"],
    ["# nothing", "no command was given"],
  ])("that has no words is refused before Run As is looked at: %s", async (commands, problem) => {
    const node = new FakeNode();
    expect(await start(node, { commands })).toMatchObject({
      output: `${banner}Failed to parse commands input: ${problem}\n\n`,
      delayed: true,
    });
    expect(node.calls).toEqual([]);
  });

  it.each([
    ["nope", "ENOENT", 'exec: "nope": executable file not found in $PATH'],
    ["./nope", "ENOENT", "fork/exec ./nope: no such file or directory"],
    ["/etc/passwd", "EACCES", "fork/exec /etc/passwd: permission denied"],
    ["/etc/script", "ENOEXEC", "fork/exec /etc/script: exec format error"],
  ])("that cannot be run, %s (%s), says why and ends without a text", async (commands, code, text) => {
    const node = new FakeNode();
    node.failure = new ManagedNodeError("cannot be run", { cause: code, code });
    expect(await start(node, { commands })).toMatchObject({
      type: "refused",
      output: "",
      delayed: false,
      shown: [{ text, kind: "stderr" }],
    });
    expect(await start(node, { commands, separateOutputStream: true })).toMatchObject({
      shown: [
        { text: "EXIT_CODE: 1", kind: "exit-code" },
        { text, kind: "stderr" },
      ],
    });
  });

  it.each([
    [{ stdOutSeparatorPrefix: "a b" }, "invalid stdoutSeparatorPrefix a b"],
    [{ stdErrSeparatorPrefix: "a b" }, "invalid stderrSeparatorPrefix a b"],
  ])("with a bad prefix is refused without banner or delay: %j", async (prefix, output) => {
    const properties = { commands: "id", separateOutputStream: true, ...prefix };
    expect(await start(new FakeNode(), properties)).toMatchObject({ output, delayed: false });
  });
});
