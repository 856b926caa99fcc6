import { describe, expect, it } from "vitest";
import { Command } from "../../emulator/agent/command.ts";
import type { OutputSeparation } from "../../emulator/documents/command-properties.ts";
import { FakeProcess } from "../helpers/fake-node.ts";
import { RecordingHost } from "./plugin-host.ts";

function openCommand(separation: OutputSeparation = { type: "joined" }) {
  const process = new FakeProcess();
  const host = new RecordingHost();
  return { process, host, command: new Command(process, separation, host) };
}

const separate = { type: "separate", stdout: "OUT:", stderr: "ERR:" } as const;

describe("a command", () => {
  it("shows all of its output once it has ended, and no exit code", () => {
    const { process, host } = openCommand();
    process.print("one\n");
    process.print("two\n");
    expect(host.calls).toEqual([]);
    process.end({ type: "exited", code: 7 });
    expect(host.calls).toEqual(["output one\ntwo\n", "ended"]);
  });

  it("without output only ends", () => {
    const { process, host } = openCommand();
    process.end();
    expect(host.calls).toEqual(["ended"]);
  });

  it("shows what is more than 16 MiB without waiting", () => {
    const { process, host } = openCommand();
    process.print("x".repeat(16 * 1024 * 1024));
    expect(host.calls).toEqual([]);
    process.print("y");
    expect(host.calls).toHaveLength(1);
  });

  it("waits while the client takes no more", async () => {
    const { process, host } = openCommand(separate);
    const full = Promise.withResolvers<void>();
    host.room = full.promise;
    process.print("much");
    expect(process.isPaused).toBe(true);
    full.resolve();
    await full.promise;
    expect(process.isPaused).toBe(false);
  });

  it.each([
    ["\u0003", ["SIGINT"]],
    ["\u001c", ["SIGQUIT"]],
    ["abc\u001c\u0003", ["SIGQUIT"]],
    ["\u001a text", []],
  ])("takes of the input %j only the first interrupt", (input, signals) => {
    const { process, command } = openCommand();
    command.input(Buffer.from(input));
    expect(process.signals).toEqual(signals);
  });

  it("is killed with all that it started when its session ends", async () => {
    const { process, command } = openCommand();
    await command.terminate();
    expect(process.isTerminated).toBe(true);
  });
});

describe("a command with separate outputs", () => {
  it("shows each as it comes, with its prefix, and the exit code last", () => {
    const { process, host } = openCommand(separate);
    process.print("one\n");
    process.print("err\n", "stderr");
    process.print("two\n");
    process.end({ type: "exited", code: 7 });
    expect(host.calls).toEqual([
      "output OUT:one\n",
      "stderr ERR:err\n",
      "output OUT:two\n",
      "exit-code EXIT_CODE: 7",
      "ended",
    ]);
  });

  it("tells -1 of a command that a signal killed, and 1 of one that was interrupted", () => {
    const killed = openCommand(separate);
    killed.process.end({ type: "killed", signal: "SIGKILL" });
    expect(killed.host.calls).toEqual(["exit-code EXIT_CODE: -1", "ended"]);
    const interrupted = openCommand(separate);
    interrupted.command.input(Buffer.of(3));
    interrupted.process.end({ type: "killed", signal: "SIGINT" });
    expect(interrupted.host.calls).toEqual(["exit-code EXIT_CODE: 1", "ended"]);
  });
});
