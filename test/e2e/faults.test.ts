import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { FaultRequest } from "../../emulator/faults/fault.ts";
import { EmulatorHandle } from "../../harness/emulator-handle.ts";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import { bulkDigest, bulkIn, bulkThrough, digestOf } from "./bulk.ts";
import { noRunAs, setPreferences } from "./shells.ts";
import { awsStartSession, pluginCall, pluginOnPipes } from "./stock-client.ts";

describeWithStockClient("the stock plugin among faults", () => {
  let lab: TestEmulator;
  let handle: EmulatorHandle;
  beforeAll(async () => {
    lab = await startTestEmulator();
    handle = await EmulatorHandle.connect(lab.emulator.url);
    await setPreferences(lab, noRunAs);
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(() => handle.removeAllFaults());

  it.each<[string, readonly FaultRequest[]]>([
    // Acknowledges are spared: the plugin never repeats one, and TCP loses none.
    [
      "frames lost in both directions",
      [
        { type: "drop_frames", name: "down", toxicity: 0.1, count: 20 },
        { type: "drop_frames", name: "up", stream: "upstream", count: 1, attributes: { frames: "data" } },
      ],
    ],
    [
      "frames doubled and out of order",
      [
        { type: "duplicate_frames", toxicity: 0.1 },
        { type: "reorder_frames", toxicity: 0.1 },
        { type: "reorder_frames", stream: "upstream", toxicity: 0.1 },
      ],
    ],
    ["wrong digests", [{ type: "wrong_digest", toxicity: 0.1, count: 20 }]],
    ["a slow and uneven network", [{ type: "latency", attributes: { latency: 20, jitter: 20 } }]],
  ])("loses nothing of 5 MB, in order, with %s", async (_what, faults) => {
    const plugin = pluginOnPipes(await pluginCall(lab, "alice"));
    for (const fault of faults) await handle.addFault(fault);
    expect(digestOf(bulkIn(await bulkThrough(plugin)))).toBe(bulkDigest());
    for (const { name, strikes } of await handle.faults()) expect([name, strikes > 0]).toEqual([name, true]);
  });

  it("resumes as often as its connection is cut", async () => {
    const call = await pluginCall(lab, "alice");
    await handle.addFault({
      type: "limit_data",
      on: { session: call.sessionId },
      count: 3,
      attributes: { bytes: 3_000 },
    });
    const plugin = pluginOnPipes(call);
    let output = "";
    plugin.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    const exited = new Promise((resolve) => plugin.on("close", resolve));
    plugin.stdin.write('for i in $(seq 1 200); do echo "line $i"; sleep 0.01; done; exit\n');
    await exited;
    const lines = [...new Set(output.match(/^line \d+(?=\r)/gm))];
    expect(lines).toEqual(Array.from({ length: 200 }, (_, index) => `line ${index + 1}`));
    expect(await handle.faults()).toMatchObject([{ strikes: 3 }]);
  });

  it("is told when its token has become old", async () => {
    await handle.addFault({ type: "stale_token", on: { owner: "alice" } });
    await using terminal = awsStartSession(lab.environment("alice"));
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toMatch(/SessionId: alice-\S+ : The token is invalid/);
  });

  it("is not even started when the AWS CLI is throttled, unless its retries get through", async () => {
    await handle.addFault({ type: "throttling", on: { operation: "StartSession" }, count: 2 });
    await using patient = awsStartSession(lab.environment("alice"));
    await patient.expectText("sh-5.2$ ");
    expect(await handle.faults()).toMatchObject([{ strikes: 2 }]);
    await handle.removeAllFaults();
    await handle.addFault({ type: "throttling", on: { operation: "StartSession" } });
    await using refused = awsStartSession({ ...lab.environment("alice"), AWS_MAX_ATTEMPTS: "1" });
    expect(await refused.exited).toBeGreaterThan(0);
    expect(refused.output).toContain("(ThrottlingException) when calling the StartSession operation");
    expect(refused.output).toContain("Rate exceeded");
  });

  it("stands still while the agent is offline, and goes on", async () => {
    await using terminal = awsStartSession(lab.environment("alice"));
    await terminal.expectText("sh-5.2$ ");
    await handle.addFault({ type: "agent_offline", on: { node: "web-1" } });
    terminal.type("echo answer-$((40+2))\r");
    await using late = awsStartSession(lab.environment("alice"));
    expect(await late.exited).toBeGreaterThan(0);
    expect(late.output).toContain("(TargetNotConnected) when calling the StartSession operation");
    expect(terminal.output).not.toContain("answer-42");
    await handle.removeAllFaults();
    await terminal.expectText("answer-42");
  });
});
