import { DescribeSessionsCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { defaultDataChannelLimits } from "../../emulator/session/data-channel-limits.ts";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { waitForEnd } from "../helpers/sessions.ts";
import { processesOn } from "./node.ts";
import { pluginCall, pluginOnPipes, pluginOnTerminal } from "./stock-client.ts";
import { WeakNetwork } from "./weak-network.ts";

/** The stock plugin resumes its sessions: data-channel reference, section 12. */

const lastNumber = 400_000;
const numbers = Array.from({ length: lastNumber }, (_, index) => `${index + 1}\r\n`).join("");
const cuts = 3;

async function expectStatus(lab: TestEmulator, sessionId: string, status: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const request = {
        State: "Active" as const,
        Filters: [{ key: "SessionId" as const, value: sessionId }],
      };
      const { Sessions } = await lab.ssm("root").send(new DescribeSessionsCommand(request));
      expect(Sessions?.map(({ Status }) => Status)).toEqual([status]);
    },
    { timeout: 10_000, interval: 10 },
  );
}

describeWithStockClient("a session whose connection is lost", () => {
  let lab: TestEmulator;
  let network: WeakNetwork;
  beforeAll(async () => {
    lab = await startTestEmulator();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    network = await WeakNetwork.before(lab.emulator.url);
    return () => network[Symbol.asyncDispose]();
  });

  it("is Disconnected meanwhile, and goes on where it was", async () => {
    const call = await pluginCall(lab, "alice", network.url);
    await using terminal = pluginOnTerminal(call);
    await terminal.expectText("sh-5.2$ ");
    terminal.type("cd /tmp; (sleep 1; echo meanwhile) &\r");
    await terminal.expectText("sh-5.2$ ");
    for (const round of [1, 2]) {
      network.goDown();
      await expectStatus(lab, call.sessionId, "Disconnected");
      network.restore();
      await expectStatus(lab, call.sessionId, "Connected");
      terminal.type(`echo $PWD ${round}\r`);
      await terminal.expectText(`\r\r\n\u001b[?2004l\r/tmp ${round}\r\r\n`);
    }
    await vi.waitFor(() => expect(terminal.output.match(/meanwhile\r\r\n/g)).toHaveLength(1), {
      timeout: 5_000,
    });
    terminal.type("exit\r");
    await terminal.exited;
    expect(terminal.output).toMatch(/\r\nExiting session with sessionId: \S+\.\r\n\r\n$/);
    expect(terminal.output.match(/Starting session/g)).toHaveLength(1);
  });

  it("has what was typed into the dead connection, once", async () => {
    const call = await pluginCall(lab, "alice", network.url);
    await using terminal = pluginOnTerminal(call);
    await terminal.expectText("sh-5.2$ ");
    terminal.type("echo one ");
    await terminal.expectText("echo one ");
    network.swallowRequests();
    terminal.type("two three\r");
    // The frame and some of its resends, one each 100 ms.
    await network.swallowed(1_500);
    network.cut();
    await terminal.expectText("two three\r\r\n\u001b[?2004l\rone two three\r\r\n");
    await terminal.expectText("sh-5.2$ ");
    terminal.type("echo four\r");
    await terminal.expectText("\u001b[?2004l\rfour\r\r\n");
  });

  it.each([
    ["what it is sent", () => network.swallowAnswers()],
    ["its acknowledges", () => network.swallowRequests()],
  ])("loses and doubles no line of a long output when %s got lost before", async (_what, swallow) => {
    const output = await longOutput(async (shown) => {
      swallow();
      await quiet(shown);
      network.cut();
    });
    expect(repeats(output)).toEqual([]);
  });

  it("loses no line when the connection dies in the midst, though the plugin may show a frame again", async () => {
    const output = await longOutput(async () => network.cut());
    // The plugin shows a frame, fails to acknowledge it, and takes it for new each time that it is resent: HandleOutputMessage
    // in its streaming.go. The server cannot tell this from a frame that never arrived.
    expect(repeats(output).length).toBeLessThanOrEqual(cuts);
  });

  /** What the plugin shows of the numbers from 1 on, its connection harmed several times. */
  async function longOutput(harm: (shown: () => number) => Promise<void>): Promise<string> {
    const plugin = pluginOnPipes(await pluginCall(lab, "alice", network.url));
    const chunks: Buffer[] = [];
    plugin.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    const exited = new Promise((resolve) => plugin.on("close", resolve));
    plugin.stdin.write(`seq 1 ${lastNumber}; exit\n`);
    for (let cut = 1; cut <= cuts; cut += 1) {
      await network.delivered(500_000);
      await harm(() => chunks.length);
    }
    await exited;
    const output = Buffer.concat(chunks).toString();
    return output.slice(output.indexOf("\r1\r\n") + 1, output.lastIndexOf("exit\r\n"));
  }
});

/** Waits until the plugin has nothing more to show. */
async function quiet(shown: () => number): Promise<void> {
  let before = -1;
  const isQuiet = () => {
    const previous = before;
    before = shown();
    return before === previous;
  };
  await vi.waitUntil(isQuiet, { timeout: 20_000, interval: 200 });
}

/** The texts that are repeated at once, in order and however often, the shortest that explain the output. @throws Error otherwise */
function repeats(output: string): string[] {
  const found: string[] = [];
  let at = 0;
  for (let expected = 0; expected < numbers.length; ) {
    if (output[at] === numbers[expected]) {
      at += 1;
      expected += 1;
      continue;
    }
    const { repeat, end } = repeatsAt(output, at, numbers.slice(expected, expected + 32));
    found.push(repeat);
    at = end;
  }
  expect(output.slice(at)).toBe("");
  return found;
}

/** What stands before the place and again from there on, once or several times, up to the next text. */
function repeatsAt(
  output: string,
  at: number,
  next: string,
): { readonly repeat: string; readonly end: number } {
  for (let length = 1; length <= defaultDataChannelLimits.maxPayloadBytes; length += 1) {
    const repeat = output.slice(at - length, at);
    let end = at;
    while (output.startsWith(repeat, end)) end += length;
    if (end > at && output.startsWith(next, end)) return { repeat, end };
  }
  throw new Error(
    `Expected ${JSON.stringify(next)} at ${at}, got ${JSON.stringify(output.slice(at, at + 20))}`,
  );
}

describeWithStockClient("a session whose connection stays lost", () => {
  it("ends after the grace with all its processes; the plugin that comes later is told", async () => {
    const session = { startErrorDelayMs: 0, resumeGraceMs: 500 };
    await using lab = await startTestEmulator({ session });
    await using network = await WeakNetwork.before(lab.emulator.url);
    const before = await processesOn(lab);
    const call = await pluginCall(lab, "alice", network.url);
    await using terminal = pluginOnTerminal(call);
    await terminal.expectText("sh-5.2$ ");
    terminal.type("nohup sleep 1000 >/dev/null 2>&1 &\r");
    await terminal.expectText("sh-5.2$ ");
    network.goDown();
    await waitForEnd(lab, call.sessionId);
    expect(lab.emulator.state().sessions.get(call.sessionId)?.status).toBe("Terminated");
    expect(await processesOn(lab)).toEqual(before);
    network.restore();
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toMatch(new RegExp(`Session: ${call.sessionId} timed out\\.\r\n$`));
  });
});
