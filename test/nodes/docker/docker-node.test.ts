import { afterAll, beforeAll, expect, it } from "vitest";
import { type DockerTestFleet, openDockerFleet, testNode } from "../../helpers/docker.ts";
import { describeWithNodes } from "../../helpers/engine.ts";
import { runAsRoot } from "../terminal-driver.ts";

describeWithNodes("looking up users on a Docker node", () => {
  let test: DockerTestFleet;
  beforeAll(async () => {
    test = await openDockerFleet();
  });
  afterAll(async () => test?.[Symbol.asyncDispose]());

  it("answers for a seeded user with all its groups", async () => {
    const { id, uid, gid } = await test.node.lookUpUser(["alice"]);
    expect(id.exitCode).toBe(0);
    expect(id.stdout).toMatch(
      /^uid=1500\(alice\) gid=(\d+)\(alice\) groups=\1\(alice\),\d+\(deploy\),\d+\(audit\)\n$/,
    );
    expect(uid).toEqual({ exitCode: 0, stdout: "1500\n" });
    expect(gid.stdout).toMatch(/^\d+\n$/);
  });

  it.each([
    { words: ["webadmin"], why: "a missing user" },
    { words: ["Alice"], why: "another case" },
    { words: ["alice; id root"], why: "a shell's separator" },
    { words: ["$(id root)"], why: "a shell's substitution" },
    { words: ["'`\"\\ *"], why: "quotes, a glob and a backslash" },
    { words: ["алиса"], why: "letters beyond ASCII" },
    { words: ["alice\nroot"], why: "a line break" },
    { words: ["alice\0"], why: "a NUL" },
    { words: [""], why: "nothing" },
  ])("finds nobody for $why", async ({ words }) => {
    expect(await test.node.lookUpUser(words)).toEqual({
      id: { exitCode: 1, stdout: "" },
      uid: { exitCode: 1, stdout: "" },
      gid: { exitCode: 1, stdout: "" },
    });
  });

  it("takes a number as coreutils' id does", async () => {
    expect((await test.node.lookUpUser(["1500"])).uid).toEqual({ exitCode: 0, stdout: "1500\n" });
  });

  it("tells root as it is", async () => {
    const { uid, gid } = await test.node.lookUpUser(["root"]);
    expect([uid.stdout, gid.stdout]).toEqual(["0\n", "0\n"]);
  });

  it("gives several words to one id", async () => {
    expect((await test.node.lookUpUser(["root", "alice"])).uid).toEqual({ exitCode: 0, stdout: "0\n1500\n" });
    expect((await test.node.lookUpUser(["root", "nobody-else"])).id.exitCode).toBe(1);
  });

  it("keeps the answers of simultaneous look-ups apart", async () => {
    const names = ["alice", "svc", "root", "alice", "svc", "nobody-else"];
    const answers = await Promise.all(names.map((name) => test.node.lookUpUser([name])));
    expect(answers.map(({ uid }) => uid.stdout)).toEqual(["1500\n", "1600\n", "0\n", "1500\n", "1600\n", ""]);
  });
});

describeWithNodes("making ssm-user on a Docker node", () => {
  it("makes it once, with its sudoers file, however many ask at once", async () => {
    await using test = await openDockerFleet();
    expect((await test.node.lookUpUser(["ssm-user"])).id.exitCode).toBe(1);

    await Promise.all(Array.from({ length: 5 }, () => test.node.ensureSsmUser()));

    expect((await test.node.lookUpUser(["ssm-user"])).id.exitCode).toBe(0);
    expect(await runAsRoot(test.node, "ls -ld /home/ssm-user | cut -d' ' -f3")).toBe("ssm-user\n");
    expect(await runAsRoot(test.node, "stat -c '%a %U %G' /etc/sudoers.d/ssm-agent-users")).toBe(
      "440 root root\n",
    );
    expect(await runAsRoot(test.node, "cat /etc/sudoers.d/ssm-agent-users")).toBe(
      "# User rules for ssm-user\nssm-user ALL=(ALL) NOPASSWD:ALL\n",
    );
    expect(await runAsRoot(test.node, "setpriv --reuid=ssm-user --clear-groups sudo -n id -u")).toBe("0\n");
  });

  it("does not restore a deleted sudoers file while the user exists", async () => {
    await using test = await openDockerFleet();
    await test.node.ensureSsmUser();
    await runAsRoot(test.node, "rm /etc/sudoers.d/ssm-agent-users");
    await test.node.ensureSsmUser();
    expect(await runAsRoot(test.node, "ls /etc/sudoers.d")).not.toContain("ssm-agent-users");
  });

  it("only sets the mode of a sudoers file that was there before the user", async () => {
    await using test = await openDockerFleet();
    await runAsRoot(test.node, "echo '# ours' >/etc/sudoers.d/ssm-agent-users");
    await test.node.ensureSsmUser();
    expect(
      await runAsRoot(test.node, "cd /etc/sudoers.d; cat ssm-agent-users; stat -c %a ssm-agent-users"),
    ).toBe("# ours\n440\n");
  });

  it("makes the user where there is no sudo", async () => {
    await using test = await openDockerFleet();
    await runAsRoot(test.node, "rm -r /etc/sudoers.d");
    await test.node.ensureSsmUser();
    expect((await test.node.lookUpUser(["ssm-user"])).id.exitCode).toBe(0);
  });

  it("leaves a failing useradd to the look-up", async () => {
    await using test = await openDockerFleet();
    await runAsRoot(test.node, 'rm "$(command -v useradd)"');
    await test.node.ensureSsmUser();
    expect((await test.node.lookUpUser(["ssm-user"])).id.exitCode).toBe(1);
  });
});

describeWithNodes("the agent of a Docker node", () => {
  it("tells the version that the seed names", async () => {
    await using test = await openDockerFleet({ nodes: [{ ...testNode, agentVersion: "3.0.196.0" }] });
    expect(test.fleet.describe()[0]?.agentVersion).toBe("3.0.196.0");
  });
});
