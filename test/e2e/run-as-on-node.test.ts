import { IAMClient, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { onNode } from "./node.ts";
import { connect, noRunAs, openShell, runAs, setPreferences } from "./shells.ts";

/** Rows of the agent-behaviour reference, sections 1.4 and 1.5, against a real node. */

const sudoersFile = "/etc/sudoers.d/ssm-agent-users";

function banner(text: string): string {
  return `\n----------ERROR-------\nUnable to start command: ${text}\n`;
}

function missing(name: string): string {
  return banner(`failed to start pty since RunAs user ${name} does not exist`);
}

describeWithNodes("Run As on a real node", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator({
      service: {
        streamUrlForm: "auto",
        missingRunAsUserRefusedBy: "node",
        repeatedTerminate: "succeeds",
      },
    });
    await onNode(
      lab,
      [
        "useradd -m -g 0 wheelless",
        "useradd -m -o -u 0 toor",
        "useradd -m -s /sbin/nologin nologin",
        "useradd -m -s /bin/false falsy",
        "useradd -M homeless",
        "useradd -m -d /srv/elsewhere elsewhere",
        "useradd -m -e 2001-01-01 expired && usermod -L expired",
        "useradd -m -u 4242 numbered",
        // Amazon Linux has it, other bases may not.
        "{ id operator || useradd -m -g 0 operator; }",
        "useradd -m scattered && echo 'x,y:x:5151:scattered' >> /etc/group",
        "groupadd red && groupadd blue && useradd -m -G red,blue member",
      ].join(" && "),
    );
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  /** alice's tag; undefined: none. */
  async function tagAlice(value: string | undefined): Promise<void> {
    const { emulator } = lab;
    const iam = new IAMClient({
      endpoint: emulator.url,
      region: "us-east-1",
      credentials: lab.credentials("root"),
    });
    const tag = { UserName: "alice" };
    if (value === undefined) {
      await iam.send(new UntagUserCommand({ ...tag, TagKeys: ["SSMSessionRunAs"] }));
    } else {
      await iam.send(new TagUserCommand({ ...tag, Tags: [{ Key: "SSMSessionRunAs", Value: value }] }));
    }
  }

  async function refusal(): Promise<string> {
    await using session = await connect(lab.ssm("alice"));
    return await session.closed;
  }

  async function answer(command: string): Promise<string> {
    await using session = await openShell(lab.ssm("alice"));
    return await session.run(command);
  }

  describe("with Run As off", () => {
    beforeEach(async () => {
      await setPreferences(lab, noRunAs);
      await onNode(lab, `userdel -f -r ssm-user; rm -f ${sudoersFile}`).catch(() => undefined);
    });

    it("c: makes ssm-user with sudo and runs as it, tag or not", async () => {
      await tagAlice("my-os-user");
      expect(await answer("id -un; sudo -n id -un; echo $HOME")).toBe("ssm-user\nroot\n/home/ssm-user");
      expect(await onNode(lab, `stat -c '%a %U %G' ${sudoersFile}; cat ${sudoersFile}`)).toBe(
        "440 root root\n# User rules for ssm-user\nssm-user ALL=(ALL) NOPASSWD:ALL",
      );
    });

    it("c: does not restore a deleted sudoers file while the user exists", async () => {
      expect(await answer("id -un")).toBe("ssm-user");
      await onNode(lab, `rm ${sudoersFile}`);
      expect(await answer("sudo -n true 2>/dev/null || echo no")).toBe("no");
      await expect(onNode(lab, `test -e ${sudoersFile}`)).rejects.toThrow("ended with 1");
    });

    it("c: only sets the mode of a sudoers file that exists", async () => {
      await onNode(lab, `echo '# ours' > ${sudoersFile} && chmod 644 ${sudoersFile}`);
      expect(await answer("id -un")).toBe("ssm-user");
      expect(await onNode(lab, `stat -c %a ${sudoersFile}; cat ${sudoersFile}`)).toBe("440\n# ours");
    });

    it("makes one ssm-user for two first sessions at once", async () => {
      expect(await Promise.all([answer("id -un"), answer("id -un")])).toEqual(["ssm-user", "ssm-user"]);
      expect(await onNode(lab, "grep -c ^ssm-user: /etc/passwd")).toBe("1");
    });

    it("h: shows no more than the exit status when useradd fails", async () => {
      await onNode(lab, "mv /usr/sbin/useradd /usr/sbin/useradd.gone");
      try {
        expect(await refusal()).toBe(banner("exit status 1"));
      } finally {
        await onNode(lab, "mv /usr/sbin/useradd.gone /usr/sbin/useradd");
      }
    });

    it("starts without sudo where there is no /etc/sudoers.d", async () => {
      await onNode(lab, "mv /etc/sudoers.d /etc/sudoers.d.gone");
      try {
        expect(await answer("id -un; sudo -n true 2>/dev/null || echo no")).toBe("ssm-user\nno");
      } finally {
        await onNode(lab, "mv /etc/sudoers.d.gone /etc/sudoers.d");
      }
    });
  });

  describe("with the caller's tag", () => {
    beforeEach(() => setPreferences(lab, runAs("test-user")));

    it.each([
      ["g", "a missing user", "nobody-here", missing("nobody-here")],
      ["g", "ssm-user, never made under Run As", "ssm-user", missing("ssm-user")],
      ["g", "a name in another case", "Daemon", missing("Daemon")],
      ["g", "two words of which none exists", "no such", missing("no such")],
      ["g", "two words of which one exists", "test-user such", missing("test-user such")],
      ["i", "two words which both exist", "my-os-user test-user", undefined],
      ["j", "a user in a group whose name holds a comma", "scattered", banner("invalid group")],
      ["k", "root", "root", banner("invalid uid and gid")],
      ["k", "an alias of root", "toor", banner("invalid uid and gid")],
      ["k", "a user whose group is 0", "wheelless", banner("invalid uid and gid")],
      ["k", "a system user whose group is 0", "operator", banner("invalid uid and gid")],
      ["k", "the number 0", "0", banner("invalid uid and gid")],
    ])("%s: refuses %s (%s)", async (_row, _what, name, output) => {
      await onNode(lab, "userdel -f -r ssm-user").catch(() => undefined);
      await tagAlice(name);
      expect(await refusal()).toBe(output ?? banner('strconv.Atoi: parsing "1001\\n1002": invalid syntax'));
    });

    it.each([
      ["the user of the tag", "member", "member", "/home/member"],
      ["a user without a login shell", "nologin", "nologin", "/home/nologin"],
      ["a user whose shell is /bin/false", "falsy", "falsy", "/home/falsy"],
      ["a locked and expired user", "expired", "expired", "/home/expired"],
      ["a user without a home", "homeless", "homeless", "/home/homeless"],
      ["a user whose home is elsewhere", "elsewhere", "elsewhere", "/home/elsewhere"],
      ["a padded name", " member ", "member", "/home/ member "],
      ["a number", "4242", "numbered", "/home/4242"],
    ])("l: runs %s", async (_what, tag, user, home) => {
      await tagAlice(tag);
      expect(await answer('id -un; pwd; echo "<$HOME>"')).toBe(`${user}\n/usr/bin\n<${home}>`);
    });

    it("l: gives the process the user's groups and no others", async () => {
      await tagAlice("member");
      expect(await answer("id -Gn | tr ' ' '\\n' | sort")).toBe("blue\nmember\nred");
      expect(await answer("grep -E '^(Uid|CapEff)' /proc/$$/status")).toMatch(
        /^Uid:(\t(\d+))\1{3}\nCapEff:\t0+$/,
      );
    });
  });

  describe("with the default user", () => {
    it.each([
      ["without a tag", undefined],
      ["for an empty tag", ""],
    ])("runs as it %s", async (_what, tag) => {
      await setPreferences(lab, runAs("test-user"));
      await tagAlice(tag);
      expect(await answer("id -un")).toBe("test-user");
    });

    it.each([
      ["empty", ""],
      ["only spaces", "  "],
    ])("e: refuses when it is %s and the service leaves it to the node", async (_what, name) => {
      await setPreferences(lab, runAs(name));
      await tagAlice(undefined);
      expect(await refusal()).toBe(banner("please set the RunAs default user"));
    });

    it.each([
      ";touch /tmp/owned",
      "test-user;touch /tmp/owned",
      "$(touch /tmp/owned)",
      "`touch /tmp/owned`",
      "test-user\ntouch /tmp/owned",
      "test-user && touch /tmp/owned",
      "test-user | touch /tmp/owned",
      "test-user > /tmp/owned",
      "'test-user'",
      '"test-user"',
      "test\\-user",
      "test-use?",
      "~test-user",
      "test-user #",
    ])("g: takes %j for a user that does not exist and runs none of it", async (name) => {
      await setPreferences(lab, runAs(name));
      await tagAlice(undefined);
      expect(await refusal()).toBe(missing(name));
      expect(await onNode(lab, "find /tmp -name owned")).toBe("");
    });
  });
});
