import { afterAll, beforeAll, expect, it } from "vitest";
import { testNode } from "../helpers/docker.ts";
import { describeWithNodes, openTestFleet, type TestFleet } from "../helpers/engine.ts";
import { runAsRoot } from "./terminal-driver.ts";

const key = "ssh-ed25519 AAAAC3Nz alice@laptop $(touch /tmp/pwned) 'quoted'";
const other = 'restrict,command="echo hi" ssh-rsa AAAAB3Nz';

describeWithNodes("OS users' SSH keys on a node", () => {
  let test: TestFleet;
  beforeAll(async () => {
    const users = [
      { name: "alice", uid: 1500, sshPublicKeys: [key, other] },
      { name: "svc", uid: 1600, shell: "/sbin/nologin", home: false, sshPublicKeys: [key] },
      { name: "bob", uid: 1700 },
    ];
    test = await openTestFleet({ nodes: [{ ...testNode, users }] });
  });
  afterAll(async () => test?.[Symbol.asyncDispose]());

  const root = (commands: string) => runAsRoot(test.node, commands);

  it("are in authorized_keys, as sshd wants the file and its folders", async () => {
    expect(await root("cat ~alice/.ssh/authorized_keys; ls /tmp")).toBe(`${key}\n${other}\n`);
    expect(await root("cd ~alice && stat -c '%a %U %G %n' .ssh .ssh/authorized_keys")).toBe(
      "700 alice alice .ssh\n600 alice alice .ssh/authorized_keys\n",
    );
  });

  it("make a home directory where none was asked for", async () => {
    expect(await root("cat ~svc/.ssh/authorized_keys")).toBe(`${key}\n`);
  });

  it("leave a user without keys alone", async () => {
    expect(await root("ls -A ~bob | grep ssh")).toBe("");
  });

  it("come with a user made later", async () => {
    await test.node.addUser({ name: "carol", sshPublicKeys: [key] });
    expect(await root("stat -c %U ~carol/.ssh/authorized_keys; cat ~carol/.ssh/authorized_keys")).toBe(
      `carol\n${key}\n`,
    );
  });

  it("are the seed's again after a reset", async () => {
    await root("echo 'ssh-rsa AAAA' >>~alice/.ssh/authorized_keys; chmod 500 ~alice ~alice/.ssh");
    await test.fleet.reset();
    expect(await root("cat ~alice/.ssh/authorized_keys")).toBe(`${key}\n${other}\n`);
  });

  it("follow no link out of the home directory", async () => {
    await root("mkdir -p -m 700 /root/.ssh; echo mine >/root/.ssh/authorized_keys");
    await root("cd ~alice && rm -r .ssh && ln -s /root/.ssh .ssh");
    await root("cd ~svc/.ssh && ln -sf /root/.ssh/authorized_keys authorized_keys");
    await test.fleet.reset();
    expect(await root("cat ~alice/.ssh/authorized_keys ~svc/.ssh/authorized_keys")).toBe(
      `${key}\n${other}\n${key}\n`,
    );
    expect(await root("cat /root/.ssh/authorized_keys; ls -l ~alice/.ssh | grep -c ' root '")).toBe(
      "mine\n0\n",
    );
  });
});
