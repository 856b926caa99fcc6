import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openDockerFleet } from "../helpers/docker.ts";
import { describeOnEngine, describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { sshGreeting } from "./ssh-greeting.ts";
import { type DrivenTerminal, openShell, runAsRoot } from "./terminal-driver.ts";

const prompt = /sh-5\.2\$ $/;

/** Ways to leave a process behind; each says `started` when it runs. */
const leftovers = [
  { how: "a background job", commands: "sleep 999 & echo star''ted" },
  { how: "nohup", commands: "nohup sleep 999 >/dev/null 2>&1 & echo star''ted" },
  { how: "setsid", commands: "setsid sleep 999 & echo star''ted" },
  {
    how: "sudo setsid nohup",
    commands: "sudo -n setsid nohup sleep 999 >/dev/null 2>&1 & sleep .2; echo star''ted",
  },
  {
    how: "a login as another user",
    commands: "sudo -n su - svc -s /bin/bash -c 'setsid -f sleep 999'; echo star''ted",
  },
  {
    how: "a daemon that forked twice",
    commands: "(setsid sh -c '(exec sleep 999 </dev/null >/dev/null 2>&1) &' &); sleep .1; echo star''ted",
  },
  {
    how: "a process that ignores signals",
    commands: "setsid sh -c 'trap \"\" HUP TERM INT; sleep 999; sleep 999' & echo star''ted",
  },
  { how: "a stopped process", commands: "sh -c 'kill -STOP $$; sleep 999' & sleep .1; echo star''ted" },
  {
    how: "one that keeps forking",
    commands: "setsid sh -c 'while :; do sleep .001 & done' & echo star''ted",
  },
];

describe.each(["auto", "off"] as const)("with the helper %s", (helper) => {
  describeWithNodes("the end of a terminal on a node", () => {
    let test: TestFleet;
    let before: string[];

    const remains = () => test.remains();

    async function openSudoer(): Promise<DrivenTerminal> {
      const shell = await openShell(test.node);
      await shell.expect(prompt);
      return shell;
    }

    beforeAll(async () => {
      test = await openTestFleet({ helper });
      // Or its SSH server would come meanwhile.
      await sshGreeting(test.node);
      await runAsRoot(test.node, "echo 'alice ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/alice");
    });
    afterAll(async () => test?.[Symbol.asyncDispose]());
    beforeEach(async () => {
      before = await remains();
    });

    it.each(leftovers)("terminate leaves nothing of $how", async ({ commands }) => {
      const shell = await openSudoer();
      await shell.type(`${commands}\n`);
      await shell.expect(/started/);
      expect(await remains()).not.toEqual(before);
      await shell.process.terminate();
      expect(await remains()).toEqual(before);
      expect(shell.endings()).toBe(1);
    });

    it.each(leftovers)("exit, then terminate, leaves nothing of $how", async ({ commands }) => {
      const shell = await openSudoer();
      await shell.type(`${commands}\n`);
      await shell.expect(/started/);
      // The first only warns of stopped jobs.
      await shell.type("exit\n");
      await shell.type("exit\n").catch(() => undefined);
      await shell.ended;
      await shell.process.terminate();
      expect(await remains()).toEqual(before);
      expect(shell.endings()).toBe(1);
    });

    it("terminate ends a terminal whose output is paused", async () => {
      const shell = await openShell(test.node, { argv: ["yes"] });
      await shell.expect(/y/);
      shell.process.pause();
      await shell.process.terminate();
      await shell.ended;
      expect(await remains()).toEqual(before);
    });

    it("terminate may be called at any time and again", async () => {
      const shell = await openShell(test.node);
      await Promise.all([shell.process.terminate(), shell.process.terminate()]);
      await shell.process.terminate();
      expect(shell.endings()).toBe(1);
      expect(await remains()).toEqual(before);
    });

    it("ends only the session it is asked to end", async () => {
      const [ended, kept] = [await openSudoer(), await openSudoer()];
      await kept.type("setsid sleep 998 & nohup sleep 997 >/dev/null 2>&1 & echo star''ted\n");
      await kept.expect(/started/);
      await ended.type("setsid sleep 999 & echo star''ted\n");
      await ended.expect(/started/);

      await ended.process.terminate();

      expect(
        (await remains())
          .filter((line) => /sleep 99\d$/.test(line))
          .map((line) => line.slice(-3))
          .sort(),
      ).toEqual(["997", "998"]);
      await kept.type("echo still he''re\n");
      await kept.expect(/still here/);
      await kept.process.terminate();
      expect(await remains()).toEqual(before);
    });

    it("refuses input after the end", async () => {
      const shell = await openShell(test.node, { argv: ["true"] });
      await shell.ended;
      await expect(shell.type("x")).rejects.toThrow("The terminal has ended");
      await shell.process.terminate();
    });

    it("closes the tty as the kernel does: the foreground process gets a hangup first", async () => {
      const shell = await openShell(test.node, {
        argv: [
          "bash",
          "-c",
          "bash -c 'trap \"echo hangup >/tmp/hangup; exit\" HUP; echo re''ady; while :; do sleep .01; done'; true",
        ],
      });
      await shell.expect(/ready/);
      await shell.process.terminate();
      expect(await runAsRoot(test.node, "cat /tmp/hangup")).toBe("hangup\n");
    });

    it("ends sessions although their user killed the emulator's process on the node", async () => {
      const shell = await openSudoer();
      const other = await openSudoer();
      await shell.type("sudo setsid sleep 999 & sleep .1; sudo pkill -KILL -f 'sh -s'; echo kil''led\n");
      await shell.expect(/killed/);
      await shell.process.terminate();
      await other.process.terminate();
      expect((await remains()).filter((line) => /sleep|sh$/.test(line))).toEqual(
        before.filter((line) => /sleep|sh$/.test(line)),
      );
      expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
    });

    it("ends terminals when the node is killed", async () => {
      await using own = await openTestFleet({ helper });
      const shells = [await openShell(own.node), await openShell(own.node)];
      const opening = shells.map((shell) => shell.ended);
      await own.kill();
      await Promise.all(opening);
      await Promise.all(shells.map((shell) => shell.process.terminate()));
      expect(shells.map((shell) => shell.endings())).toEqual([1, 1]);
      await expect(openShell(own.node)).rejects.toThrow();
    });
  });

  describeOnEngine("docker", "a node that stays", () => {
    it("is swept of all sessions when the emulator goes away without a word", async () => {
      await using own = await openDockerFleet({ helper });
      await sshGreeting(own.node);
      const shell = await openShell(own.node);
      await shell.type("setsid nohup sleep 999 >/dev/null 2>&1 & echo star''ted\n");
      await shell.expect(/started/);
      await own.fleet.close({ remove: false });
      await vi.waitFor(async () => {
        const { Processes = [] } = await own.container.top({ ps_args: "-eo pid,args" });
        expect(Processes.map(([, args]: string[]) => args).sort()).toEqual([
          "/sbin/docker-init -- sleep infinity",
          "sleep infinity",
          expect.stringMatching(/^sshd: /),
        ]);
      });
    });
  });
});
