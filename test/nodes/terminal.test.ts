import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ManagedNodeError } from "../../emulator/errors.ts";
import { describeWithNodes, openTestFleet, type TestFleet, testEngine } from "../helpers/engine.ts";
import { openShell, runAsRoot } from "./terminal-driver.ts";

const prompt = /sh-5\.2\$ $/;

/** Without the helper, a node of namespaces has terminals of the machine, which it cannot see. */
const terminalsAreOnNode = (helper: "auto" | "off") => testEngine === "docker" || helper === "auto";

describe.each(["auto", "off"] as const)("with the helper %s", (helper) => {
  describeWithNodes("a terminal on a node", () => {
    let test: TestFleet;
    beforeAll(async () => {
      test = await openTestFleet({ helper });
    });
    afterAll(async () => test?.[Symbol.asyncDispose]());

    it.each([
      { command: "pwd", answer: "/usr/bin" },
      { command: "echo $0", answer: "sh" },
      { command: "id -u", answer: "1500" },
      { command: "id -Gn", answer: "alice deploy audit" },
      { command: "umask", answer: "0022" },
      { command: "stty size", answer: "0 0" },
      ...(terminalsAreOnNode(helper)
        ? [
            { command: 'stat -c "%U %G" "$(tty)"', answer: "root tty" },
            { command: "ps -o tty= -p $$", answer: "pts/0" },
          ]
        : [{ command: "tty", answer: "not a tty" }]),
      { command: "case $- in *i*m*) echo job control;; esac", answer: "job control" },
      {
        command: "grep -E '^(CapEff|NoNewPrivs)' /proc/$$/status | tr -d '\\t\\n'",
        answer: "CapEff:0000000000000000NoNewPrivs:0",
      },
      {
        command: "grep -E '^Sig(Ign|Blk)' /proc/self/status | tr -d '\\t\\n'",
        answer: `SigBlk:${"0".repeat(16)}SigIgn:${"0".repeat(16)}`,
      },
      { command: "ls /proc/self/fd | tr '\\n' ' '", answer: "0 1 2 3 " },
      { command: "ulimit -n; ulimit -Hn", answer: "20000\r\n20000" },
      {
        command: '[ "$(ps -o pid=,pgid=,sid= -p $$ | tr -s \' \')" = " $$ $$ $$" ] && echo leader',
        answer: "leader",
      },
    ])("$command says $answer", async ({ command, answer }) => {
      const shell = await openShell(test.node);
      await shell.expect(prompt);
      await shell.type(`${command}\n`);
      await shell.expect(/\n/);
      // Without a line break at its end the prompt follows at once.
      expect((await shell.expect(/sh-5\.2\$ $/)).replace(/(\r\n)?sh-5\.2\$ $/, "")).toBe(answer);
      await shell.process.terminate();
    });

    it("has the given environment and nothing else", async () => {
      const environment = { PATH: "/usr/bin", TERM: "xterm-256color", WORDS: "a  b'\"$(id)\nc", EMPTY: "" };
      const shell = await openShell(test.node, { argv: ["env", "-0"], environment });
      await shell.ended;
      const variables = shell
        .output()
        .split("\0")
        .filter(Boolean)
        .map((line) => line.replaceAll("\r\n", "\n"));
      expect(variables.sort()).toEqual(
        Object.entries(environment)
          .map((entry) => entry.join("="))
          .sort(),
      );
      await shell.process.terminate();
    });

    it("passes arguments as they are", async () => {
      const shell = await openShell(test.node, { argv: ["printf", "<%s>", "a  b", "$(id)", "", "-n", "ю"] });
      await shell.ended;
      expect(shell.output()).toBe("<a  b><$(id)><><-n><ю>");
      await shell.process.terminate();
    });

    it("stays root without a credential", async () => {
      const shell = await openShell(test.node, { argv: ["id", "-u"], credential: undefined });
      await shell.ended;
      expect(shell.output()).toBe("0\r\n");
      await shell.process.terminate();
    });

    it("takes the last of many sizes", async () => {
      const shell = await openShell(test.node);
      await shell.expect(prompt);
      const sizes = [80, 81, 82, 120].map((columns) => shell.process.resize({ columns, rows: 40 }));
      await Promise.all(sizes);
      await shell.type("stty size\n");
      await shell.expect(/\n40 120\r\n/);
      await shell.process.terminate();
    });

    it("takes a size at once after it was opened", async () => {
      const shell = await openShell(test.node);
      await shell.process.resize({ columns: 101, rows: 31 });
      await shell.type("stty size\n");
      await shell.expect(/\n31 101\r\n/);
      await shell.process.terminate();
    });

    it("interrupts with Ctrl-C, ends input with Ctrl-D", async () => {
      const shell = await openShell(test.node);
      await shell.expect(prompt);
      // What is typed while bash starts a program may be lost.
      await shell.type("sh -c 'echo go$((1+1)); exec sleep 100'\n");
      await shell.expect(/go2/);
      await shell.type("\x03");
      await shell.expect(/\^C/);
      await shell.expect(prompt);
      await shell.type("\x04");
      await shell.ended;
      await shell.process.terminate();
    });

    it("controls jobs", async () => {
      const shell = await openShell(test.node);
      await shell.type("sleep 100 &\njobs\n");
      await shell.expect(/\[1\]\+ +Running +sleep 100 &/);
      await shell.process.terminate();
    });

    it("carries UTF-8 both ways", async () => {
      const shell = await openShell(test.node);
      await shell.type("echo '→' żółw 🐢\n");
      await shell.expect(/\n→ żółw 🐢\r\n/);
      await shell.process.terminate();
    });

    it("passes every control key, Ctrl-P and Ctrl-P Ctrl-Q too", async () => {
      const keys = [...Array(32).keys(), 127].filter((key) => key !== 0x0a);
      const shell = await openShell(test.node, {
        argv: ["sh", "-c", "stty raw -echo; echo ready; head -c 34 | od -An -v -tx1 -w34"],
      });
      await shell.expect(/ready/);
      await shell.process.write(Uint8Array.from([...keys, 0x10, 0x11]));
      await shell.ended;
      const expected = [...keys, 0x10, 0x11].map((key) => ` ${key.toString(16).padStart(2, "0")}`).join("");
      expect(shell.output()).toContain(expected);
      await shell.process.terminate();
    });

    it("shows what is typed at once ahead of everything the process says", async () => {
      const shell = await openShell(test.node, { argv: ["sh", "-c", "echo started; cat"] });
      await shell.type("typed\n");
      await shell.expect(/started\r\ntyped\r\n/);
      expect(shell.output()).toBe("typed\r\nstarted\r\ntyped\r\n");
      await shell.process.terminate();
    });

    it("keeps the order of many writes", async () => {
      const shell = await openShell(test.node, {
        argv: ["sh", "-c", "stty raw -echo; echo ready; head -c 60000 | sha256sum"],
      });
      await shell.expect(/ready/);
      const lines = Array.from({ length: 10_000 }, (_, index) => `${String(index).padStart(5, "0")}\n`);
      await Promise.all(lines.map((line) => shell.type(line)));
      await shell.ended;
      const digest = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(lines.join("")))).toString(
        "hex",
      );
      expect(shell.output()).toContain(digest);
      await shell.process.terminate();
    });

    it("delivers all output before the end, paused or not", async () => {
      const shell = await openShell(test.node, { argv: ["seq", "1", "200000"] });
      await shell.expect(/5000\r\n/);
      shell.process.pause();
      shell.process.resume();
      await shell.ended;
      expect(shell.output().split("\r\n")).toEqual([
        ...Array.from({ length: 200_000 }, (_, i) => `${i + 1}`),
        "",
      ]);
      await shell.process.terminate();
    });

    it("makes the producer wait while it is paused", async () => {
      const shell = await openShell(test.node, {
        argv: ["sh", "-c", "while :; do printf %01000d 0; echo >>/tmp/produced; done"],
      });
      await shell.expect(/0000/);
      shell.process.pause();
      const before = shell.output().length;
      const produced = async () => Number(await runAsRoot(test.node, "wc -l </tmp/produced"));
      let last = -1;
      await vi.waitFor(
        async () => {
          const previous = last;
          last = await produced();
          expect(last).toBe(previous);
        },
        { timeout: 30_000, interval: 200 },
      );
      expect(last * 1000).toBeLessThan(4 * 1024 * 1024);
      expect(shell.output().length).toBe(before);

      shell.process.resume();
      await vi.waitFor(async () => expect(await produced()).toBeGreaterThan(last), { timeout: 30_000 });
      await shell.process.terminate();
    });

    it("refuses a missing working directory", async () => {
      const opened = openShell(test.node, { workingDirectory: "/nowhere" });
      await expect(opened).rejects.toThrow(ManagedNodeError);
      await expect(opened).rejects.toThrow(/could not open a terminal: .*\/nowhere/);
    });

    it("refuses a missing program", async () => {
      const opened = openShell(test.node, { argv: ["no-such-program"] });
      await expect(opened).rejects.toThrow(ManagedNodeError);
      await expect(opened).rejects.toMatchObject({
        code: "ENOENT",
        message: "The node could not open a terminal: no-such-program: No such file or directory",
      });
    });
  });
});
