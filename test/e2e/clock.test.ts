import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import type { TerminalDriver } from "../helpers/terminal.ts";
import { processesOn } from "./node.ts";
import { noRunAs, setPreferences } from "./shells.ts";
import { type PluginCall, pluginCall, pluginOnTerminal } from "./stock-client.ts";

/** Real clients and real shells in hours that pass at once. */

const minuteMs = 60_000;

describeWithStockClient("a clock that is put forward", () => {
  let lab: TestEmulator;
  let before: string[];
  beforeAll(async () => {
    lab = await startTestEmulator();
    await setPreferences(lab, noRunAs);
    // The first session makes ssm-user.
    const { terminal } = await openShell();
    terminal.type("exit\r");
    await terminal.exited;
    await lab.emulator.advance(2_000);
    before = await processesOn(lab);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(() => setPreferences(lab, noRunAs));

  async function openShell(): Promise<{ call: PluginCall; terminal: TerminalDriver }> {
    const call = await pluginCall(lab, "alice");
    const terminal = pluginOnTerminal(call);
    await terminal.expectText("sh-5.2$ ");
    return { call, terminal };
  }

  const recordOf = ({ sessionId }: PluginCall) => lab.emulator.state().sessions.get(sessionId);

  it("ends a shell after 20 minutes without input, and not before; all is done when it returns", async () => {
    const { call, terminal } = await openShell();
    await using _ = terminal;
    for (const round of [1, 2]) {
      await lab.emulator.advance(19 * minuteMs);
      terminal.type(`echo alive $((${round}))\r`);
      await terminal.expectText(`\ralive ${round}\r\r\n`);
      await terminal.expectText("sh-5.2$ ");
    }
    await lab.emulator.advance(19 * minuteMs);
    expect(recordOf(call)?.status).toBe("Connected");
    await lab.emulator.advance(2 * minuteMs);
    const { status, startedAt = 0, endedAt = 0 } = recordOf(call) ?? {};
    expect(status).toBe("Terminated");
    expect((endedAt - startedAt) / minuteMs).toBeCloseTo(58, 0);
    expect(await processesOn(lab)).toEqual(before);
    const logged = lab.emulator.state().sessionEvents.read(call.sessionId);
    expect(logged.some(({ message }) => message.includes("echo alive $((2))"))).toBe(true);
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toContain(
      `SessionId: ${call.sessionId} : Your session timed out due to inactivity and has been terminated.`,
    );
  });

  it("ends a shell at its maximum duration", async () => {
    await setPreferences(lab, { ...noRunAs, maxSessionDuration: "15" });
    const { call, terminal } = await openShell();
    await using _ = terminal;
    await lab.emulator.advance(14 * minuteMs);
    expect(recordOf(call)?.status).toBe("Connected");
    await lab.emulator.advance(minuteMs);
    expect(recordOf(call)).toMatchObject({
      status: "Terminated",
      endedAt: (recordOf(call)?.startedAt ?? 0) + 15 * minuteMs,
    });
    await terminal.expectText("Your session reached its maximum duration and has been terminated.");
  });

  it("loses and repeats nothing of what is on its way", async () => {
    await setPreferences(lab, { ...noRunAs, idleSessionTimeout: "60" });
    const { terminal } = await openShell();
    await using _ = terminal;
    const last = 200_000;
    const shown = terminal.output.length;
    terminal.type(`seq ${last}; echo do$((1))ne\r`);
    for (const number of [1, 50, 20_000, 40_000, 60_000]) {
      await terminal.expectText(new RegExp(`^${number}\r`, "m"));
      await lab.emulator.advance(11 * minuteMs);
    }
    await terminal.expectText("do1ne");
    const numbers = [...terminal.output.slice(shown).matchAll(/^(\d+)\r+$/gm)].map(([, number]) =>
      Number(number),
    );
    expect(numbers).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  });
});
