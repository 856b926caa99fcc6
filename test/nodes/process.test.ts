import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ManagedNodeError } from "../../emulator/errors.ts";
import { describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { openProcess, runProcess } from "./process-driver.ts";
import { runAsRoot } from "./terminal-driver.ts";

const exited = (code: number) => ({ type: "exited", code });

describe.each(["auto", "off"] as const)("with the helper %s", (helper) => {
  describeWithNodes("a process without a terminal on a node", () => {
    let test: TestFleet;
    beforeAll(async () => {
      test = await openTestFleet({ helper });
      await runAsRoot(
        test.node,
        "echo text >/usr/bin/no-program; echo 'exit 9' >/tmp/own; chmod 700 /tmp/own",
      );
    });
    afterAll(async () => test?.[Symbol.asyncDispose]());

    const sh = (commands: string, options: Parameters<typeof runProcess>[2] = {}) =>
      runProcess(test.node, ["sh", "-c", commands], options);

    it("keeps its outputs apart, and tells its exit code", async () => {
      expect(await sh("echo out; echo err >&2; exit 7")).toEqual({
        stdout: "out\n",
        stderr: "err\n",
        exit: exited(7),
      });
    });

    it("keeps the order of joined outputs", async () => {
      const { stdout, stderr } = await sh("for i in 1 2 3; do echo o$i; echo e$i >&2; done", {
        joinOutput: true,
      });
      expect([stdout, stderr]).toEqual(["o1\ne1\no2\ne2\no3\ne3\n", ""]);
    });

    it.each([
      { commands: "cat; echo $?", says: "0\n" },
      { commands: "tty", says: "not a tty\n" },
      { commands: "umask; pwd; id -u", says: "0022\n/usr/bin\n1500\n" },
      { commands: "id -Gn", says: "alice deploy audit\n" },
      { commands: "ls /proc/self/fd | tr '\\n' ' '", says: "0 1 2 3 " },
      {
        commands: "grep -E '^(CapEff|Sig(Ign|Blk))' /proc/self/status | cut -f2 | sort -u",
        says: "0000000000000000\n",
      },
      { commands: "echo $(ps -o sid= -p $$) | grep -qx $$ && echo leads", says: "leads\n" },
    ])("$commands says $says", async ({ commands, says }) => {
      expect((await sh(commands)).stdout).toBe(says);
    });

    it("has the given environment and nothing else, and its arguments as they are", async () => {
      const environment = { PATH: "/usr/bin", WORDS: "a  b'\"$(id)\nc", EMPTY: "" };
      const { stdout } = await runProcess(test.node, ["env", "-0"], { environment });
      expect(stdout.split("\0").filter(Boolean).sort()).toEqual(
        Object.entries(environment)
          .map((entry) => entry.join("="))
          .sort(),
      );
      const { stdout: words } = await runProcess(test.node, [
        "printf",
        "<%s>",
        "a  b",
        "$(id)",
        "",
        "-n",
        "ю\n",
      ]);
      expect(words).toBe("<a  b><$(id)><><-n><ю\n>");
    });

    it("has no groups but the credential's", async () => {
      const credential = { uid: 1500, gid: 1234, groups: [] };
      expect((await runProcess(test.node, ["id", "-G"], { credential })).stdout).toBe("1234\n");
    });

    it("stays root without a credential", async () => {
      expect((await runProcess(test.node, ["id", "-u"], { credential: undefined })).stdout).toBe("0\n");
    });

    it.each([
      { argv: ["no-such-program"], code: "ENOENT" },
      { argv: ["/usr/bin/no-such-program"], code: "ENOENT" },
      { argv: ["./no-program"], code: "EACCES" },
      { argv: ["no-program"], code: "ENOENT" },
      { argv: ["/tmp"], code: "EACCES" },
      { argv: [""], code: "ENOENT" },
      { argv: ["env"], environment: {}, code: "ENOENT" },
      { argv: ["env"], environment: { PATH: "/nowhere:/tmp" }, code: "ENOENT" },
    ])("cannot be $argv: $code", async ({ code, argv, ...options }) => {
      const opened = openProcess(test.node, argv, options);
      await expect(opened).rejects.toThrow(ManagedNodeError);
      await expect(opened).rejects.toMatchObject({ code });
    });

    it("is looked for in each folder of PATH, of which an empty one is the working directory", async () => {
      const environment = { PATH: "/nowhere::" };
      expect((await runProcess(test.node, ["id", "-u"], { environment })).stdout).toBe("1500\n");
    });

    it("is told of a signal that killed it", async () => {
      expect((await sh("kill -TERM $$")).exit).toEqual({ type: "killed", signal: "SIGTERM" });
    });

    it("gets a signal alone", async () => {
      const driven = await openProcess(test.node, [
        "bash",
        "-c",
        "bash -c 'trap \"echo child\" INT; echo ready; sleep .5; sleep .1; echo done' & trap 'echo parent; wait; exit 3' INT; wait; wait",
      ]);
      await vi.waitFor(() => expect(driven.output().stdout).toBe("ready\n"));
      await driven.process.signal("SIGINT");
      expect(await driven.ended).toEqual(exited(3));
      expect(driven.output().stdout).toBe("ready\nparent\ndone\n");
      await driven.process.signal("SIGQUIT");
      await driven.process.terminate();
    });

    it("has ended when its joined output's own part is over, though others have the pipe still", async () => {
      const { stdout, exit } = await sh("echo out; sleep 1000 & exit 4", { joinOutput: true });
      expect([stdout, exit]).toEqual(["out\n", exited(4)]);
    });

    it("delivers all of much output, paused or not", async () => {
      const driven = await openProcess(test.node, ["seq", "1", "2000000"]);
      driven.process.pause();
      const digest = createHash("sha256");
      const expected = createHash("sha256");
      driven.process.onOutput = (bytes) => {
        digest.update(bytes);
        driven.process.pause();
        setImmediate(() => driven.process.resume());
      };
      driven.process.resume();
      expect(await driven.ended).toEqual(exited(0));
      for (let i = 1; i <= 2_000_000; i += 1) expected.update(`${i}\n`);
      expect(digest.digest("hex")).toBe(expected.digest("hex"));
      await driven.process.terminate();
    });

    it("waits while it is paused", async () => {
      const driven = await openProcess(test.node, [
        "sh",
        "-c",
        "while :; do printf %01000d 0; echo >>/tmp/produced; done",
      ]);
      driven.process.pause();
      const before = driven.output().stdout.length;
      let last = -1;
      await vi.waitFor(
        async () => {
          const previous = last;
          last = Number(await runAsRoot(test.node, "wc -l </tmp/produced"));
          expect(last).toBe(previous);
        },
        { timeout: 30_000, interval: 200 },
      );
      expect(last * 1000).toBeLessThan(4 * 1024 * 1024);
      expect(driven.output().stdout.length).toBe(before);
      await driven.process.terminate();
    });

    it("leaves nothing, whatever it started, when it is terminated", async () => {
      const driven = await openProcess(test.node, [
        "bash",
        "-c",
        "setsid sleep 1000 & (nohup sleep 1000 >/dev/null 2>&1 &); trap '' TERM HUP; echo ready; sleep 1000; sleep 1000",
      ]);
      await vi.waitFor(() => expect(driven.output().stdout).toBe("ready\n"));
      expect((await test.node.sessionProcesses()).length).toBeGreaterThan(2);
      await Promise.all([driven.process.terminate(), driven.process.terminate()]);
      expect(await driven.ended).toEqual({ type: "killed", signal: "SIGKILL" });
      expect(await test.node.sessionProcesses()).toEqual([]);
    });

    it("cannot be opened on a stopped node", async () => {
      await test.node.stop();
      await expect(openProcess(test.node, ["true"], { credential: undefined })).rejects.toThrow(
        ManagedNodeError,
      );
      await test.node.start();
      expect((await sh("echo back")).stdout).toBe("back\n");
    });
  });
});
