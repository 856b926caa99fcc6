import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { connect, noRunAs, setPreferences } from "./shells.ts";

/**
 * `ssm-session` shares no code with the stock plugin. It answers no handshake, which the agent demands of
 * NonInteractiveCommands, Port and encrypted sessions: shells, in shell.test.ts, and these are all it can hold.
 */
describeWithNodes("an interactive command in ssm-session", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator();
    await setPreferences(lab, noRunAs);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  const start = (command: string) =>
    connect(lab.ssm("alice"), {
      DocumentName: "AWS-StartInteractiveCommand",
      Parameters: { command: [command] },
    });

  it("has its output, and ends with it", async () => {
    await using session = await start("id -un; tty; exit 3");
    expect(await session.closed).toBe("");
    expect(session.output).toBe("ssm-user\r\n/dev/pts/0\r\n");
  });

  it("is answered by a person", async () => {
    await using session = await start("read -p name: X; echo hello $X");
    await session.expectText("name:");
    session.type("bob\r");
    await session.expectText("hello bob\r\n");
    expect(await session.closed).toBe("");
  });

  it("is refused in AWS's words", async () => {
    await using session = await start(" ");
    expect(await session.closed).toBe("Commands cannot be empty for session type InteractiveCommands");
  });
});
