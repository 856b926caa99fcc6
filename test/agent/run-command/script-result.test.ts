import { describe, expect, it } from "vitest";
import { KeptOutput } from "../../../emulator/agent/run-command/script-output.ts";
import { type ScriptEnd, scriptResult } from "../../../emulator/agent/run-command/script-result.ts";

const exited = (code: number): ScriptEnd => ({ type: "exited", code });
const bytes = (text: string) => Buffer.from(text);
const title = "\n----------ERROR-------\n";

/** What the agent reports of a script that printed these. */
function result(end: ScriptEnd, stdout = "", stderr = "") {
  return scriptResult(end, bytes(stdout), bytes(stderr));
}

describe("a script's result", () => {
  it.each<readonly [ScriptEnd, string, number, string]>([
    [exited(0), "Success", 0, "err\n"],
    [exited(7), "Failed", 7, "err\nfailed to run commands: exit status 7"],
    [exited(137), "ExecutionTimedOut", 137, "err\n"],
    [{ type: "killed", signal: "SIGTERM" }, "Failed", -1, "err\nfailed to run commands: signal: terminated"],
    [{ type: "not-started", reason: "no shell" }, "Failed", 1, "err\nfailed to run commands: no shell"],
    [{ type: "stopped", state: "ExecutionTimedOut" }, "ExecutionTimedOut", 137, "err\n"],
    [{ type: "stopped", state: "Cancelled" }, "Cancelled", 137, "err\n"],
  ])("says of %j %s, %i", (end, state, responseCode, standardError) => {
    expect(result(end, "out\n", "err\n")).toEqual({
      state,
      responseCode,
      standardOutput: "out\n",
      standardError,
      output: `out\n${title}${standardError}`,
    });
  });

  it("calls 168 a success and says why", () => {
    const note =
      "\nStep exited with code 168. Therefore, marking step as succeeded. Further document steps will be skipped.";
    expect(result(exited(168), "out\n", "err\n")).toEqual({
      state: "Success",
      responseCode: 168,
      standardOutput: `out\n${note}`,
      standardError: "",
      output: "out\n",
    });
  });

  it("notes 169 in both outputs", () => {
    const note =
      "\nStep exited with code 169. Therefore, marking step as Failed. Further document steps will be skipped.";
    expect(result(exited(169), "out\n")).toMatchObject({
      standardOutput: `out\n${note}`,
      standardError: `failed to run commands: exit status 169${note}`,
    });
  });
});

describe("a long output", () => {
  it.each([
    [23_999, 23_999, ""],
    [24_000, 23_980, "--output truncated--"],
    [30_000, 23_980, "--output truncated--"],
  ])("of %i bytes is told up to %i", (length, told, mark) => {
    expect(result(exited(0), "x".repeat(length)).standardOutput).toBe("x".repeat(told) + mark);
  });

  it("is cut at 8000 characters where it is standard error", () => {
    expect(result(exited(1), "", "x".repeat(9_000)).standardError).toBe("x".repeat(8_000));
  });

  it.each([
    ["both", 3_000, 3_000, 1_215, 1_215],
    ["the error", 10, 3_000, 10, 2_443],
    ["the output", 3_000, 0, 2_477, 0],
  ])("is summarized in 2500 bytes by cutting %s", (_, out, error, keptOut, keptError) => {
    const { output } = result(exited(0), "o".repeat(out), "e".repeat(error));
    expect(output.length).toBeLessThanOrEqual(2_500);
    expect([output.match(/o{2,}/)?.[0].length, output.match(/e{2,}/)?.[0].length ?? 0]).toEqual([
      keptOut,
      keptError,
    ]);
  });

  it("is kept only so far as it can be told", () => {
    const kept = new KeptOutput();
    for (let i = 0; i < 100; i += 1) kept.put(bytes("x".repeat(1_000)));
    expect(kept.bytes().length).toBe(24_000);
  });
});
