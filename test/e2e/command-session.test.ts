import { CreateDocumentCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { processesOn } from "./node.ts";
import { noRunAs, runAs, setPreferences } from "./shells.ts";
import { awsStartSession } from "./stock-client.ts";

/** What the real agent's command sessions showed in the stock plugin, agent-ground-truth vectors, text for text. */

const interactive = "AWS-StartInteractiveCommand";
const nonInteractive = "AWS-StartNonInteractiveCommand";

async function createDocument(
  lab: TestEmulator,
  name: string,
  sessionType: string,
  linux: Readonly<Record<string, unknown>>,
): Promise<void> {
  const content = {
    schemaVersion: "1.0",
    sessionType,
    parameters: { command: { type: "String", description: "x", allowedPattern: "^[^;]*$" } },
    properties: { linux: { commands: "{{ command }}", ...linux } },
  };
  await lab
    .ssm("root")
    .send(
      new CreateDocumentCommand({ Name: name, DocumentType: "Session", Content: JSON.stringify(content) }),
    );
}

describeWithStockClient("a command session in the stock plugin", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator();
    await createDocument(lab, "elevated", "InteractiveCommands", { runAsElevated: true });
    await createDocument(lab, "separate", "NonInteractiveCommands", {
      separateOutputStream: true,
      stdOutSeparatorPrefix: "OUT:",
      stdErrSeparatorPrefix: "ERR:",
    });
    await createDocument(lab, "bad-prefix", "NonInteractiveCommands", {
      separateOutputStream: true,
      stdOutSeparatorPrefix: "not allowed",
    });
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(() => setPreferences(lab, noRunAs));

  const start = (document: string, command: string, persona = "alice") =>
    awsStartSession(
      lab.environment(persona),
      ...["--document-name", document, "--parameters", JSON.stringify({ command: [command] })],
    );

  /** What the plugin shows behind its first line; the session id is made `ID`. */
  async function shown(document: string, command: string, persona?: string): Promise<string> {
    await using terminal = start(document, command, persona);
    expect(await terminal.exited).toBe(0);
    const [, sessionId = ""] = /Starting session with SessionId: (\S+)/.exec(terminal.output) ?? [];
    const output = terminal.output.replaceAll(sessionId, "ID");
    const head = "\r\nStarting session with SessionId: ID\r\n";
    expect(output.startsWith(head)).toBe(true);
    // A plugin built from its source says that it is 1.2.0.0, which is told to be too old for separate outputs.
    return output
      .slice(head.length)
      .replace(/^Please update session manager plugin version [^\n]*\n\r\n/, "");
  }

  const exiting = "\r\n\r\nExiting session with sessionId: ID.\r\n\r\n";

  it("gives an interactive command to sh on a terminal", async () => {
    expect(await shown(interactive, "id -un; tty; pwd; echo $0; env | sort")).toBe(
      [
        "ssm-user",
        "/dev/pts/0",
        "/usr/bin",
        "sh",
        "HOME=/home/ssm-user",
        "LANG=C.UTF-8",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PWD=/usr/bin",
        "SHLVL=1",
        "TERM=xterm-256color",
        "_=/usr/bin/env",
        "",
      ].join("\r\r\n") + exiting,
    );
  });

  it("forgets the exit code of an interactive command", async () => {
    expect(await shown(interactive, "echo before; exit 3")).toBe(`before\r\r\n${exiting}`);
  });

  it("lets a person answer an interactive command", async () => {
    await using terminal = start(interactive, "read -p name: X; echo hello $X");
    await terminal.expectText("name:");
    terminal.type("bob\r");
    expect(await terminal.exited).toBe(0);
    // The plugin may not have turned the terminal's own echo off yet.
    expect(terminal.output).toMatch(/name:(bob\r\n)?bob\r\r\nhello bob\r\r\n\r\n\r\nExiting session/);
  });

  it("runs an elevated command as root, in spite of Run As", async () => {
    await setPreferences(lab, runAs("my-os-user"));
    expect(await shown("elevated", "echo $(id -un) $HOME")).toBe(`root /root\r\r\n${exiting}`);
  });

  it("runs commands as the user that Run As chooses", async () => {
    await setPreferences(lab, runAs("my-os-user"));
    expect(await shown(interactive, "id -un")).toBe(`my-os-user\r\r\n${exiting}`);
    expect(await shown(nonInteractive, "id -un")).toBe(`my-os-user\r\n${exiting}`);
  });

  it("shows both outputs of a non-interactive command once it has ended, in the order written", async () => {
    const command = 'sh -c "id -un; tty; echo err >&2; pwd; exit 7"';
    expect(await shown(nonInteractive, command)).toBe(
      `ssm-user\r\nnot a tty\r\nerr\r\n/usr/bin\r\n${exiting}`,
    );
  });

  it("gives a non-interactive command to no shell", async () => {
    expect(await shown(nonInteractive, "echo $HOME | cat && true")).toBe(`$HOME | cat && true\r\n${exiting}`);
  });

  it("separates the outputs when the document says so, and tells the exit code", async () => {
    const command = 'sh -c "echo one && echo err >&2"';
    const text = await shown("separate", command);
    expect(
      ["OUT:one\r\nERR:err\r\n", "ERR:err\r\nOUT:one\r\n"].map((lines) => `${lines}EXIT_CODE: 0${exiting}`),
    ).toContain(text);
    expect(await shown("separate", "sh -c 'exit 7'")).toBe(`EXIT_CODE: 7${exiting}`);
  });

  it.each([
    ["/no/such/cmd", "fork/exec /no/such/cmd: no such file or directory"],
    ["nope -x", 'exec: "nope": executable file not found in $PATH'],
    ["/etc/passwd", "fork/exec /etc/passwd: permission denied"],
  ])("shows why %s cannot be run, and nothing more", async (command, text) => {
    expect(await shown(nonInteractive, command)).toBe(text + exiting);
    expect(await shown("separate", command)).toBe(`EXIT_CODE: 1${text}${exiting}`);
  });

  const banner = "\r\n\r\nSessionId: ID : \r\n----------ERROR-------\r\n";
  it("tells a missing Run As user once to an interactive command, twice to the other", async () => {
    await setPreferences(lab, runAs());
    const missing =
      "Unable to start command: failed to start pty since RunAs user os-test-user does not exist\r\n";
    expect(await shown(interactive, "id", "bob")).toBe(`${banner}${missing}\r\n\r\n`);
    expect(await shown(nonInteractive, "id", "bob")).toBe(`${missing}${banner}${missing}\r\n\r\n`);
  });

  it.each([
    [interactive, " ", "Commands cannot be empty for session type InteractiveCommands"],
    [nonInteractive, " ", "Commands cannot be empty for session type NonInteractiveCommands"],
    ["bad-prefix", "id", "invalid stdoutSeparatorPrefix not allowed"],
  ])("shows the failure of a check without a banner: %s with %j", async (document, command, text) => {
    expect(await shown(document, command)).toBe(`\r\n\r\nSessionId: ID : ${text}\r\n\r\n`);
  });

  it("shows a command that cannot be split under the banner", async () => {
    expect(await shown(nonInteractive, "echo 'a")).toBe(
      `Unable to start command: Failed to parse commands input: EOF found when expecting closing quote\r\n\r\n${banner}Unable to start command: Failed to parse commands input: EOF found when expecting closing quote\r\n\r\n\r\n\r\n`,
    );
  });

  it("ends a non-interactive command at Ctrl-C, with all that it started", async () => {
    const before = await processesOn(lab);
    await using terminal = start(nonInteractive, "sh -c 'setsid sleep 907 & exec sleep 908'");
    await expect
      .poll(async () => (await processesOn(lab)).filter((line) => /^\d+ sleep 90[78]$/.test(line)), {
        timeout: 10_000,
      })
      .toHaveLength(2);
    terminal.type("\u0003");
    expect(await terminal.exited).toBe(0);
    await expect.poll(() => processesOn(lab), { timeout: 10_000 }).toEqual(before);
  });

  it("puts a parameter in its place as it is, and refuses what its pattern does not allow", async () => {
    expect(await shown("separate", "echo {{ command }} $$ 'a  b'")).toContain("a  b");
    await using refused = start("separate", "a;b");
    expect(await refused.exited).not.toBe(0);
    expect(refused.output).toContain("(InvalidParameters)");
  });
});
