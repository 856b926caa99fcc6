import { TerminateSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { DockerNode } from "../../emulator/nodes/docker/docker-node.ts";
import { removeContainer } from "../../emulator/nodes/docker/node-container.ts";
import { NamespaceNode } from "../../emulator/nodes/namespace/namespace-node.ts";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { hostProcesses } from "../helpers/on-node.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { waitForEnd } from "../helpers/sessions.ts";
import type { TerminalDriver } from "../helpers/terminal.ts";
import { engineNode, onNode, processesOn } from "./node.ts";
import { noRunAs, setPreferences } from "./shells.ts";
import { type PluginCall, pluginCall, pluginOnTerminal } from "./stock-client.ts";

/** What the plugin shows at the end, data-channel reference, section 13; and that nothing is left on the node. */

/** Leaves behind what people leave behind. */
const leave = `#!/bin/sh
exec </dev/null >/dev/null 2>/dev/null
nohup sleep 901 &
setsid sleep 902 &
sudo -n setsid sleep 903 &
sudo -n su -s /bin/sh - my-os-user -c 'setsid sh -c "sleep 904 & sleep 905" &'
(trap '' HUP TERM INT; setsid sleep 906 &)
while [ "$(pgrep -fc '^sleep 90[1-6]$')" -lt 6 ]; do sleep 0.01; done
`;

async function makeNode(lab: TestEmulator): Promise<void> {
  await setPreferences(lab, noRunAs);
  await onNode(lab, `cat > /usr/local/bin/leave <<'END'\n${leave}END\nchmod 755 /usr/local/bin/leave`);
}

/** A session with processes of all kinds. */
async function busySession(lab: TestEmulator): Promise<{ call: PluginCall; terminal: TerminalDriver }> {
  const call = await pluginCall(lab, "alice");
  const terminal = pluginOnTerminal(call);
  await terminal.expectText("sh-5.2$ ");
  terminal.type("leave; sleep 900 & echo le$((1))ft\r");
  await terminal.expectText("\r\nle1ft\r\r\n");
  await terminal.expectText("sh-5.2$ ");
  expect((await processesOn(lab)).filter((line) => /^\d+ sleep 90\d$/.test(line))).toHaveLength(7);
  return { call, terminal };
}

describeWithStockClient("the end of a session", () => {
  let lab: TestEmulator;
  let before: string[];
  beforeAll(async () => {
    lab = await startTestEmulator();
    await makeNode(lab);
    // The first session makes ssm-user.
    const { call, terminal } = await busySession(lab);
    terminal.kill("SIGKILL");
    await lab.ssm("alice").send(new TerminateSessionCommand({ SessionId: call.sessionId }));
    await waitForEnd(lab, call.sessionId);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await setPreferences(lab, noRunAs);
    before = await processesOn(lab);
  });

  async function expectNothingLeft({ sessionId }: PluginCall): Promise<void> {
    await waitForEnd(lab, sessionId);
    expect(await processesOn(lab)).toEqual(before);
  }

  const exiting = (id: string) => `\r\n\r\nExiting session with sessionId: ${id}.\r\n\r\n`;
  const closing = (id: string, text: string) => `\r\n\r\nSessionId: ${id} : ${text}\r\n\r\n`;

  it.each([
    ["exit", "exit\r", "exit\r\r\n\u001b[?2004l\rexit\r\r\n"],
    ["exit 3", "exit 3\r", "exit 3\r\r\n\u001b[?2004l\rexit\r\r\n"],
    ["Ctrl-D", "\u0004", "\u001b[?2004l\r\r\r\nexit\r\r\n"],
    ["kill -9 $$", "kill -9 $$\r", "kill -9 $$\r\r\n\u001b[?2004l\r"],
  ])("by %s", async (_how, keys, echo) => {
    const { call, terminal } = await busySession(lab);
    await using _ = terminal;
    const shown = terminal.output.length;
    terminal.type(keys);
    expect(await terminal.exited).toBe(0);
    expect(terminal.output.slice(shown)).toBe(echo + exiting(call.sessionId));
    await expectNothingLeft(call);
  });

  it.each([
    ["at the prompt", "\r"],
    ["in the midst of output", "yes\r"],
    ["in a full-screen program", "less /etc/services\r"],
  ])("by TerminateSession %s", async (_when, keys) => {
    const { call, terminal } = await busySession(lab);
    await using _ = terminal;
    terminal.type(keys);
    await terminal.expectText("\r\n");
    await lab.ssm("alice").send(new TerminateSessionCommand({ SessionId: call.sessionId }));
    expect(await terminal.exited).toBe(0);
    expect(terminal.output.endsWith(exiting(call.sessionId))).toBe(true);
    await expectNothingLeft(call);
  });

  it.each([
    [
      "idle",
      { idleSessionTimeout: "1" },
      "Your session timed out due to inactivity and has been terminated.",
    ],
    [
      "too long",
      { maxSessionDuration: "1" },
      "Your session reached its maximum duration and has been terminated.",
    ],
  ])("by the clock, when it was %s", async (_what, limit, text) => {
    await setPreferences(lab, { ...noRunAs, ...limit });
    const { call, terminal } = await busySession(lab);
    await using _ = terminal;
    const shown = terminal.output.length;
    await lab.emulator.advance(60_000);
    expect(await terminal.exited).toBe(0);
    expect(terminal.output.slice(shown)).toBe(closing(call.sessionId, text));
    await expectNothingLeft(call);
  });

  it.each(["SIGKILL", "SIGTERM"])("by %s to the plugin, after the grace for a resume", async (signal) => {
    const { call, terminal } = await busySession(lab);
    terminal.kill(signal);
    await terminal.exited;
    const { sessions } = lab.emulator.state();
    await vi.waitUntil(() => sessions.get(call.sessionId)?.status === "Disconnected", { timeout: 5_000 });
    expect(await processesOn(lab)).not.toEqual(before);
    await lab.emulator.advance(60_000);
    await expectNothingLeft(call);
    expect(sessions.get(call.sessionId)?.status).toBe("Terminated");
  });
});

describeWithStockClient("the end of the emulator", () => {
  /** On Docker the node stays; one of namespaces goes, and takes all along. */
  it("ends all sessions, tells their clients and leaves nothing of them", async () => {
    await using lab = await startTestEmulator({ keepNodes: true });
    const node = engineNode(lab);
    try {
      await makeNode(lab);
      const before = await processesOn(lab);
      const { call, terminal } = await busySession(lab);
      await using _ = terminal;
      const shown = terminal.output.length;
      await lab.emulator.close();
      expect(await terminal.exited).toBe(0);
      expect(terminal.output.slice(shown)).toBe(
        `\r\n\r\nExiting session with sessionId: ${call.sessionId}.\r\n\r\n`,
      );
      if (node instanceof NamespaceNode) {
        expect(await hostProcesses("sleep 90")).toEqual([]);
        expect(await hostProcesses(`--target ${node.pid}`)).toEqual([]);
      } else {
        const after = await processesOn(lab);
        expect(after.filter((line) => !before.includes(line))).toEqual([]);
      }
    } finally {
      if (node instanceof DockerNode) await removeContainer(node.container);
    }
  });
});
