import { describe, expect } from "vitest";
import { test } from "../../harness/vitest.ts";
import { describeWithNodes, testNodes } from "../helpers/engine.ts";

const { owner: _own, ...nodes } = await testNodes();

test.override("emulatorOptions", { nodes });

describeWithNodes("the harness, with nodes", () => {
  describe("a session", () => {
    test("runs commands as the caller's OS user", async ({ emulator }) => {
      await using session = await emulator.startSession({ as: "alice", target: "web-1" });
      expect(session).toRunAs("my-os-user");
      expect(await session.run("whoami")).toEqual({ output: "my-os-user", exitCode: undefined });
      expect(await session.run("printf 'a\\nb'; (exit 3)", { exitCode: true })).toEqual({
        output: "a\nb",
        exitCode: 3,
      });
      expect(await session.exit()).toEqual({ type: "closed", output: "" });
      await expect(session).toHaveLogged([/\$ whoami$/, "my-os-user", "exit"]);
      await expect(session).not.toHaveLogged(["rm -rf"]);
    });

    test("shows what a terminal shows, and has its size", async ({ emulator }) => {
      const size = { columns: 132, rows: 43 };
      await using session = await emulator.startSession({ as: "alice", size });
      expect((await session.run("stty size")).output).toBe("43 132");
      session.resize({ columns: 40, rows: 10 });
      expect((await session.run("stty size")).output).toBe("10 40");
      await session.run("clear");
      expect((await session.run("echo hello")).output).toBe("hello");
      expect(session.screen().lines.slice(0, 3)).toEqual(["sh-5.2$ echo hello", "hello", "sh-5.2$"]);
    });

    test("is interrupted with Ctrl-C, and looks right in a shell without marks", async ({ emulator }) => {
      await using session = await emulator.startSession({ as: "alice" });
      await session.type("bash --norc -c 'echo go; exec sleep 60'\n");
      await session.expectText("\ngo\n");
      await session.interrupt();
      await session.expectPrompt();
      await session.run("bash --norc --noediting");
      expect(await session.run("printf abc", { exitCode: true })).toEqual({ output: "abc", exitCode: 0 });
    });

    test("survives a lost connection", async ({ emulator }) => {
      await using session = await emulator.startSession({ as: "alice" });
      session.disconnect();
      await session.reconnect();
      expect((await session.run("echo back")).output).toBe("back");
    });

    test("is gone from the node when it goes out of scope", async ({ emulator }) => {
      {
        await using _session = await emulator.startSession({ as: "alice" });
        expect(await emulator.sessionProcesses("web-1")).not.toEqual([]);
      }
      await expect.poll(() => emulator.sessionProcesses("web-1"), { timeout: 10_000 }).toEqual([]);
    });
  });

  describe("a refusal", () => {
    test("of the node's is an outcome", async ({ emulator }) => {
      await using session = await emulator.startSession({ as: "bob" });
      expect(session).toBeRefusedWith(/RunAs user os-test-user does not exist/);
      expect(session.outcome).toMatchObject({ by: "node" });
      expect(session).not.toRunAs("ssm-user");
    });

    test("of the service's is one too, with the reasons", async ({ emulator }) => {
      await using session = await emulator.startSession({ as: "root" });
      expect(session).toBeRefusedWith("BadRequest");
      expect(session.decision?.steps).toContainEqual({ by: "service", finding: "Run As is on" });
    });
  });

  describe("the emulator", () => {
    test("passes session tags on, and explains", async ({ emulator }) => {
      const sessionTags = { SSMSessionRunAs: "test-user" };
      const operator = await emulator.assumeRole({ as: "test-user", role: "operator", sessionTags });
      await using session = await emulator.startSession({ as: operator });
      expect(session).toRunAs("test-user");
      const { outcome } = await emulator.explain({ as: "role/operator", sessionTags });
      expect(outcome).toEqual({ type: "run", user: "test-user" });
    });

    test("ends an idle session when its time has passed", async ({ emulator }) => {
      await using session = await emulator.startSession({ as: "alice" });
      await emulator.advance("20m");
      expect(await session.expectEnd()).toMatchObject({ type: "closed" });
    });

    test("changes nodes and their OS users", async ({ emulator }) => {
      await emulator.addOsUser("web-1", { name: "os-test-user" });
      await using session = await emulator.startSession({ as: "bob" });
      expect(session).toRunAs("os-test-user");
      await session.exit();
      await emulator.removeOsUser("web-1", "os-test-user");
      await using refused = await emulator.startSession({ as: "bob" });
      expect(refused).toBeRefusedWith("does not exist");

      await emulator.stopNode("web-1");
      await using unreachable = await emulator.startSession({ as: "alice" });
      expect(unreachable).toBeRefusedWith("TargetNotConnected");
      await emulator.startNode("web-1");
      await using again = await emulator.startSession({ as: "alice" });
      expect(again).toRunAs("my-os-user");
    });
  });
});
