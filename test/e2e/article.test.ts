import { StartSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { describeWithAwsCli, describeWithStockClient, ownPluginFolder } from "../helpers/programs.ts";
import { assumeOperator, eventsOf, waitForEnd } from "../helpers/sessions.ts";
import { TerminalDriver } from "../helpers/terminal.ts";
import { connect, noRunAs, openShell, runAs, setPreferences } from "./shells.ts";

/** The article's table: preferences and caller decide whose shell it is, or how it is refused. */

const noUserText = "Invalid RunAs username. Set default username in Session Manager Preferences page.";

function missingUserText(name: string): string {
  return `\n----------ERROR-------\nUnable to start command: failed to start pty since RunAs user ${name} does not exist\n`;
}

describeWithNodes("the article, through an independent client", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  async function whoami(client = lab.ssm("alice")): Promise<string> {
    await using session = await openShell(client);
    session.type("whoami\r");
    await session.expectText("whoami\r\n");
    const name = await session.expectLine();
    session.type("exit\r");
    expect(await session.closed).toBe("");
    return name;
  }

  async function refusal(persona: string): Promise<string> {
    await using session = await connect(lab.ssm(persona));
    return await session.closed;
  }

  it("1: refuses a caller without a tag when there is no default user", async () => {
    await setPreferences(lab, runAs());
    const start = lab.ssm("test-user").send(new StartSessionCommand({ Target: webNodeId }));
    await expect(start).rejects.toMatchObject({ name: "BadRequest", message: noUserText });
  });

  it("2: runs as the default user without a tag", async () => {
    await setPreferences(lab, runAs("test-user"));
    expect(await whoami(lab.ssm("test-user"))).toBe("test-user");
  });

  it("3: refuses ssm-user under Run As on a fresh node; 3b: takes it once a session without Run As has made it", async () => {
    await setPreferences(lab, runAs("ssm-user"));
    expect(await refusal("test-user")).toBe(missingUserText("ssm-user"));

    await setPreferences(lab, noRunAs);
    expect(await whoami(lab.ssm("test-user"))).toBe("ssm-user");
    await setPreferences(lab, runAs("ssm-user"));
    expect(await whoami(lab.ssm("test-user"))).toBe("ssm-user");
  });

  it("4: runs as the user of the caller's tag", async () => {
    await setPreferences(lab, runAs());
    expect(await whoami(lab.ssm("alice"))).toBe("my-os-user");
  });

  it("5: refuses a tag's user who is missing on the node", async () => {
    await setPreferences(lab, runAs());
    expect(await refusal("bob")).toBe(missingUserText("os-test-user"));
  });

  it("6: never falls back to the default user", async () => {
    await setPreferences(lab, runAs("test-user"));
    expect(await refusal("bob")).toBe(missingUserText("os-test-user"));
  });

  it("7: runs as the role's tag, and as the session tag where one was passed", async () => {
    await setPreferences(lab, runAs());
    expect(await whoami(await assumeOperator(lab))).toBe("my-os-user");
    expect(await whoami(await assumeOperator(lab, "test-user"))).toBe("test-user");
  });

  it("8: runs everybody as ssm-user with Run As off, with sudo without a password", async () => {
    await setPreferences(lab, noRunAs);
    for (const persona of ["alice", "bob", "test-user", "root"]) {
      expect(await whoami(lab.ssm(persona))).toBe("ssm-user");
    }
    await using session = await openShell(lab.ssm("alice"));
    session.type("sudo -n id -u\r");
    await session.expectText("sudo -n id -u\r\n");
    expect(await session.expectLine()).toBe("0");
  });
});

describeWithStockClient("the article, through the AWS CLI and the stock plugin", () => {
  articleThroughAwsCli({});
});

describeWithAwsCli("the article, through the AWS CLI and our own plugin", () => {
  articleThroughAwsCli({ PATH: `${ownPluginFolder}:${process.env.PATH}` });
});

function articleThroughAwsCli(environment: Readonly<Record<string, string>>): void {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator();
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  function startSession(
    persona: string,
    size: { readonly cols: number; readonly rows: number } = { cols: 80, rows: 24 },
  ): TerminalDriver {
    const args = ["ssm", "start-session", "--target", webNodeId];
    return new TerminalDriver("aws", args, { env: { ...lab.environment(persona), ...environment }, ...size });
  }

  async function expectShellOf(persona: string, user: string): Promise<void> {
    await using terminal = startSession(persona);
    await terminal.expectText("sh-5.2$ ");
    terminal.type("whoami\r");
    await terminal.expectText(`whoami\r\r\n\u001b[?2004l\r${user}\r\r\n`);
    terminal.type("exit\r");
    await terminal.expectText(/\r\n\r\nExiting session with sessionId: \S+\.\r\n\r\n$/);
    expect(await terminal.exited).toBe(0);
  }

  async function expectRefusal(persona: string, text: string): Promise<void> {
    await using terminal = startSession(persona);
    expect(await terminal.exited).toBe(0);
    const sessionId = /SessionId: (\S+)/.exec(terminal.output)?.[1];
    expect(terminal.output.replaceAll("\r", "")).toBe(
      `\nStarting session with SessionId: ${sessionId}\n\n\nSessionId: ${sessionId} : ${text}\n\n`,
    );
  }

  it("1: shows the API's refusal of a caller whom nobody names", async () => {
    await setPreferences(lab, runAs());
    await using terminal = startSession("test-user");
    expect(await terminal.exited).not.toBe(0);
    expect(terminal.output.replaceAll("\r\n", " ")).toContain(
      `An error occurred (BadRequest) when calling the StartSession operation: ${noUserText}`,
    );
  });

  it("2: runs as the default user", async () => {
    await setPreferences(lab, runAs("test-user"));
    await expectShellOf("test-user", "test-user");
  });

  it("3 and 3b: ssm-user exists under Run As only after a session without it", async () => {
    await setPreferences(lab, runAs("ssm-user"));
    await expectRefusal("test-user", missingUserText("ssm-user"));
    await setPreferences(lab, noRunAs);
    await expectShellOf("test-user", "ssm-user");
    await setPreferences(lab, runAs("ssm-user"));
    await expectShellOf("test-user", "ssm-user");
  });

  it("4: runs as the tag's user", async () => {
    await setPreferences(lab, runAs());
    await expectShellOf("alice", "my-os-user");
  });

  it("5 and 6: shows in the terminal that the tag's user is missing, default user or not", async () => {
    await setPreferences(lab, runAs());
    await expectRefusal("bob", missingUserText("os-test-user"));
    await setPreferences(lab, runAs("test-user"));
    await expectRefusal("bob", missingUserText("os-test-user"));
  });

  it.each([
    // At exactly 80×24 readline has assumed the size already and does not draw the prompt again.
    [{ cols: 132, rows: 43 }, "sh-5.2$ sh-5.2$ whoami"],
    [{ cols: 80, rows: 24 }, "sh-5.2$ whoami"],
  ])("9: logs who used which user, as the real agent did at %o", async (size, firstLine) => {
    await setPreferences(lab, {
      ...runAs(),
      cloudWatchLogGroupName: "/ssm/session-logs",
      cloudWatchStreamingEnabled: true,
      cloudWatchEncryptionEnabled: false,
    });
    await using terminal = startSession("alice", size);
    await terminal.expectText("sh-5.2$ ");
    if (size.cols !== 80) await terminal.expectText("sh-5.2$ ");
    terminal.type("whoami\r");
    await terminal.expectText("my-os-user\r\r\n");
    // What is typed ahead of the prompt would be echoed, and logged, twice.
    await terminal.expectText("sh-5.2$ ");
    terminal.type("exit\r");
    await terminal.exited;
    const sessionId = /SessionId: (\S+)/.exec(terminal.output)?.[1] ?? "";
    await waitForEnd(lab, sessionId);

    const messages = await eventsOf(lab, "/ssm/session-logs", sessionId);
    const events = messages.map((message) => JSON.parse(message) as Record<string, unknown>);
    expect(Object.keys(events[0] ?? {})).toEqual([
      "eventVersion",
      "eventTime",
      "awsRegion",
      "target",
      "userIdentity",
      "runAsUser",
      "sessionId",
      "sessionData",
    ]);
    expect(events[0]).toMatchObject({
      eventVersion: "1.0",
      awsRegion: "us-east-1",
      target: { id: webNodeId },
      userIdentity: { arn: "arn:aws:iam::000000000000:user/alice" },
      runAsUser: "my-os-user",
      sessionId,
    });
    expect(events.flatMap(({ sessionData }) => sessionData)).toEqual([
      firstLine,
      "my-os-user",
      "sh-5.2$ exit",
      "exit",
    ]);
  });
}
