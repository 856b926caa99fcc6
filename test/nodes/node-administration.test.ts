import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ManagedNodeError } from "../../emulator/errors.ts";
import { testNode } from "../helpers/docker.ts";
import { describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { openShell, runAsRoot } from "./terminal-driver.ts";

for (const kind of ["lasting", "temporary"] as const) {
  describeWithNodes(`the administrator of a ${kind} node`, () => {
    let test: TestFleet;
    beforeAll(async () => {
      test = await openTestFleet({ temporary: kind === "temporary" });
    });
    afterAll(() => test[Symbol.asyncDispose]());

    const idOf = async (name: string) => (await test.node.lookUpUser([name])).id.stdout;
    const pingStatus = () => test.fleet.describe()[0]?.pingStatus;

    describe("adding a user", () => {
      it("makes what is asked for", async () => {
        const carol = {
          name: "carol",
          uid: 1700,
          gid: 1800,
          groups: ["ops"],
          shell: "/sbin/nologin",
          home: false,
        };
        expect(await test.node.addUser(carol)).toBe("added");
        expect(await idOf("carol")).toMatch(
          /^uid=1700\(carol\) gid=1800\(carol\) groups=1800\(carol\),\d+\(ops\)\n$/,
        );
        expect(await runAsRoot(test.node, "getent passwd carol; ls /home")).toMatch(
          /:\/home\/carol:\/sbin\/nologin\n(?!.*carol)/,
        );
      });

      it("leaves the rest to the node", async () => {
        await test.node.addUser({ name: "dave" });
        expect(await idOf("dave")).toMatch(/^uid=(\d+)\(dave\) gid=\d+\(dave\)/);
        expect(await runAsRoot(test.node, "stat -c %U /home/dave")).toBe("dave\n");
      });

      it("takes a group that is there by its number, root's too", async () => {
        await test.node.addUser({ name: "toor", gid: 0 });
        expect((await test.node.lookUpUser(["toor"])).gid.stdout).toBe("0\n");
      });

      it("does nothing to a user that exists", async () => {
        expect(await test.node.addUser({ name: "alice", uid: 4000 })).toBe("exists");
        expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
      });

      it("tells why the node refuses", async () => {
        const added = test.node.addUser({ name: "erin", uid: 1500 });
        await expect(added).rejects.toThrow(ManagedNodeError);
        await expect(added).rejects.toThrow(
          /^The node refused `useradd .* erin`: useradd: UID 1500 is not unique$/,
        );
      });

      it("takes no word for a shell's, and no user of the emulator's machine", async () => {
        const ours = await readFile("/etc/passwd", "utf8");
        await expect(test.node.addUser({ name: "$(touch /tmp/pwned)" })).rejects.toThrow(/invalid user name/);
        await expect(test.node.addUser({ name: "--help" })).rejects.toThrow(ManagedNodeError);
        expect(await runAsRoot(test.node, "ls /tmp")).toBe("");
        expect(await readFile("/etc/passwd", "utf8")).toBe(ours);
      });
    });

    describe("removing a user", () => {
      it("takes the home directory too, and leaves processes alone", async () => {
        const shell = await openShell(test.node);
        await shell.type("echo I am; sleep 1000 &\n");
        await shell.expect(/I am\r\n/);
        expect(await test.node.removeUser("alice")).toBe("removed");
        expect(await idOf("alice")).toBe("");
        expect(await runAsRoot(test.node, "ls /home")).not.toContain("alice");
        expect((await test.node.sessionProcesses()).map(({ user, command }) => [user, command])).toEqual([
          ["1500", "sh"],
          ["1500", "sleep 1000"],
        ]);
        await shell.process.terminate();
        await test.fleet.reset();
        expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
      });

      it.each(["nobody-else", "1600", "-r", "svc\n"])("finds no user %j", async (name) => {
        await expect(
          test.node.removeUser(name).catch((error: unknown) => {
            if (error instanceof ManagedNodeError) return "missing";
            throw error;
          }),
        ).resolves.toBe("missing");
        expect(await idOf("svc")).toContain("1600");
      });
    });

    describe("the processes of sessions", () => {
      it("are those that sessions started and that are alive, however they went", async () => {
        expect(await test.node.sessionProcesses()).toEqual([]);
        const shell = await openShell(test.node);
        await shell.type("setsid sleep 2000 & exec -a 'two\nwords' sleep 3000\n");
        await vi.waitFor(async () =>
          expect(await test.node.sessionProcesses()).toEqual([
            { pid: expect.any(Number), user: "alice", state: "S", command: "two words 3000" },
            { pid: expect.any(Number), user: "alice", state: "S", command: "sleep 2000" },
          ]),
        );
        await shell.process.terminate();
        expect(await test.node.sessionProcesses()).toEqual([]);
      });
    });

    describe("stopping a node", () => {
      it("ends its sessions, and lets it do nothing until it is started", async () => {
        const lost: string[] = [];
        test.fleet.onConnectionLost((nodeId) => lost.push(nodeId));
        const shell = await openShell(test.node);
        await shell.type("trap '' HUP TERM; setsid sleep 1000 & echo ready\n");
        await shell.expect(/\nready\r\n/);

        await test.node.stop();

        expect([pingStatus(), lost]).toEqual(["ConnectionLost", [testNode.nodeId]]);
        await shell.ended;
        await shell.process.terminate();
        await expect(test.node.lookUpUser(["alice"])).rejects.toThrow(ManagedNodeError);
        await expect(test.node.ensureSsmUser()).rejects.toThrow(ManagedNodeError);
        await expect(test.node.addUser({ name: "frank" })).rejects.toThrow(ManagedNodeError);
        await expect(openShell(test.node, { credential: undefined })).rejects.toThrow(ManagedNodeError);
        expect(await test.node.sessionProcesses()).toEqual([]);
        await test.node.stop();
        expect(lost).toEqual([testNode.nodeId]);

        await test.node.start();
        expect(pingStatus()).toBe("Online");
        expect(await test.node.sessionProcesses()).toEqual([]);
      });

      it("keeps the node's disk, and its users", async () => {
        await test.node.addUser({ name: "grace", uid: 1900 });
        await runAsRoot(test.node, "echo still here >/home/grace/note");
        await test.node.stop();
        await test.node.start();
        expect(await idOf("grace")).toContain("uid=1900(grace)");
        expect(await runAsRoot(test.node, "cat /home/grace/note; ps -e -o comm= | grep -c sleep")).toMatch(
          /^still here\n[01]\n$/,
        );
      });

      it("is undone by a reset", async () => {
        await test.node.stop();
        await test.fleet.reset();
        expect(pingStatus()).toBe("Online");
        expect(await idOf("grace")).toBe("");
        expect((await test.node.lookUpUser(["alice"])).uid.stdout).toBe("1500\n");
      });

      it("and starting it, twice, changes nothing for a running node", async () => {
        await test.node.start();
        expect(pingStatus()).toBe("Online");
        expect(await idOf("svc")).toContain("1600");
      });
    });
  });
}
