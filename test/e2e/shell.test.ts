import { StartSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { describeWithNodes } from "../helpers/engine.ts";
import { describeWithStockClient } from "../helpers/programs.ts";
import type { SsmSessionClient } from "../helpers/ssm-session-client.ts";
import { bulkCommand, bulkDigest, bulkIn, bulkThrough, digestOf } from "./bulk.ts";
import { RawClient } from "./raw-client.ts";
import { openShell, runAs, setPreferences } from "./shells.ts";
import { awsStartSession, pluginCall, pluginOnPipes } from "./stock-client.ts";

/** The shell is what the real agent gives: agent-behaviour reference, section 2, and recordings of the agent. */

const prompt = "\u001b[?2004hsh-5.2$ ";

const seed = {
  nodes: [
    {
      id: webNodeId,
      name: "web-1",
      users: [
        { name: "my-os-user", uid: 1500, groups: ["deploy", "audit"], home: true },
        { name: "test-user", uid: 1600, home: true },
      ],
      tags: {},
    },
  ],
};

/** Recorded from the real agent with `sh` being dash; bash leaves the terminal as it was to its commands. */
const sttyAsRecorded = `speed 38400 baud; rows 24; columns 80; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
-iuclc -ixany -imaxbel -iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc`;

describeWithNodes("a shell on a real node", () => {
  let lab: TestEmulator;
  let shell: SsmSessionClient;
  beforeAll(async () => {
    lab = await startTestEmulator({ seed });
    await setPreferences(lab, runAs("test-user"));
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    shell = await openShell(lab.ssm("alice"));
    return () => shell[Symbol.asyncDispose]();
  });

  it.each([
    ["id -u; id -un", "1500\nmy-os-user"],
    ["id -Gn | tr ' ' '\\n' | sort", "audit\ndeploy\nmy-os-user"],
    ["grep -E '^(Groups|CapEff)' /proc/$$/status | tr -d '\\t'", /^Groups:(\d+ ){3}\nCapEff:0+$/],
    ["pwd", "/usr/bin"],
    ["echo $0 $-", "sh himBHs"],
    ["shopt -q login_shell || echo not-login; echo $USER$LOGNAME", "not-login\n"],
    [
      "env | sort",
      [
        "HOME=/home/my-os-user",
        "LANG=C.UTF-8",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PWD=/usr/bin",
        "SHLVL=1",
        "TERM=xterm-256color",
        "_=/usr/bin/env",
      ].join("\n"),
    ],
    ["stat -c '%A %U %G' $(tty); umask", "crw--w---- root tty\n0022"],
    ["true 2>/dev/null < $(tty) || echo refused; echo ok > /dev/tty", "refused\nok"],
    ["stty -a", sttyAsRecorded],
    ["ps -o tty=,sid=,pgid= -p $$ | tr -s ' ' | sed s/$$/SH/g", /^pts\/\d+ SH SH$/],
  ])("%s", async (command, answer) => {
    const output = await shell.run(command);
    if (typeof answer === "string") expect(output).toBe(answer);
    else expect(output).toMatch(answer);
  });

  it("takes characters of many bytes, split over frames anywhere", async () => {
    const start = await lab.ssm("alice").send(new StartSessionCommand({ Target: webNodeId }));
    await using client = await RawClient.open(start);
    await client.expectText("sh-5.2$ ");
    client.type("cat\r");
    await client.expectText("cat\r\n");
    for (const byte of Buffer.from("żółw → 🐢\r")) client.type(Uint8Array.of(byte));
    await client.expectText("\u001b[?2004l\rżółw → 🐢\r\nżółw → 🐢\r\n");
  });

  it("gives out characters of many bytes whole, however slowly they are written", async () => {
    expect(await shell.run("for b in 342 206 222; do printf \\\\$b; sleep 0.05; done; echo")).toBe("→");
  });

  it("loses nothing of 5 MB", async () => {
    shell.type(`${bulkCommand}\r`);
    await shell.expectText("\u001b[?2004l\r");
    expect(digestOf(await shell.expectText(prompt, 60_000))).toBe(bulkDigest());
  });

  it("keeps two callers on one node apart", async () => {
    await using other = await openShell(lab.ssm("test-user"));
    const facts = "id -un; echo $HOME; tty";
    const [mine, others] = await Promise.all([shell.run(facts), other.run(facts)]);
    expect(mine).toMatch(/^my-os-user\n\/home\/my-os-user\n\/dev\/pts\/\d+$/);
    expect(others).toMatch(/^test-user\n\/home\/test-user\n\/dev\/pts\/\d+$/);
    expect(mine.split("\n")[2]).not.toBe(others.split("\n")[2]);
    expect(await other.run("kill -9 $(pgrep -u my-os-user -n) 2>&1")).toContain("not permitted");
    expect(await shell.run("echo still here")).toBe("still here");
  });
});

describeWithStockClient("a shell through the stock plugin", () => {
  let lab: TestEmulator;
  beforeAll(async () => {
    lab = await startTestEmulator({ seed });
  });
  beforeEach(() => setPreferences(lab, runAs("test-user")));
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it("takes Ctrl-Z, fg, Ctrl-C and Ctrl-D", async () => {
    await using terminal = awsStartSession(lab.environment("alice"));
    await terminal.expectText("sh-5.2$ ");
    terminal.type("cat\r");
    await terminal.expectText("cat\r\r\n");
    terminal.type("one\r");
    await terminal.expectText("one\r\r\none\r\r\n");
    terminal.type("\x1a");
    await terminal.expectText(/\^Z\r\r\n\[1\]\+ +Stopped\(SIGTSTP\) +cat\r\r\n.*sh-5\.2\$ /);
    terminal.type("fg\r");
    await terminal.expectText("\u001b[?2004l\rcat\r\r\n");
    terminal.type("two\r");
    await terminal.expectText("two\r\r\ntwo\r\r\n");
    terminal.type("\x03");
    await terminal.expectText(/\^C\r\r\n.*sh-5\.2\$ /);
    terminal.type("echo $?\r");
    await terminal.expectText("\u001b[?2004l\r130\r\r\n");
    await terminal.expectText("sh-5.2$ ");
    terminal.type("\x04");
    expect(await terminal.exited).toBe(0);
    expect(terminal.output).toMatch(
      /sh-5\.2\$ .*exit\r\r\n\r\n\r\nExiting session with sessionId: \S+\.\r\n\r\n$/s,
    );
  });

  it("follows the window's size", async () => {
    await using terminal = awsStartSession(lab.environment("alice"));
    await terminal.expectText("sh-5.2$ ");
    terminal.type("sh -c 'trap \"stty size\" WINCH; stty size; while :; do sleep 0.1; done'\r");
    await terminal.expectText("\u001b[?2004l\r24 80\r\r\n");
    terminal.resize(101, 33);
    await terminal.expectText("33 101\r\r\n");
    terminal.resize(60, 20);
    await terminal.expectText("20 60\r\r\n");
  });

  it("types the shell profile as the real agent does", async () => {
    await setPreferences(lab, { ...runAs("test-user"), shellProfile: { linux: "cd /tmp", windows: "" } });
    await using terminal = awsStartSession(lab.environment("alice"));
    await terminal.expectText("\u001b[?2004l\r\u001b[?2004hsh-5.2$ ");
    await terminal.echoIsOff();
    terminal.type("pwd\r");
    await terminal.expectText(`/tmp\r\r\n${prompt}`);
    terminal.type("exit\r");
    await terminal.exited;
    const sessionId = /SessionId: (\S+)/.exec(terminal.output)?.[1];
    expect(terminal.output).toBe(
      `\r\nStarting session with SessionId: ${sessionId}\r\ncd /tmp\r\r\n\u001b[?2004hsh-5.2$ cd /tmp\r\r\n\u001b[?2004l\r\u001b[?2004hsh-5.2$ pwd\r\r\n\u001b[?2004l\r/tmp\r\r\n\u001b[?2004hsh-5.2$ exit\r\r\n\u001b[?2004l\rexit\r\r\n\r\n\r\nExiting session with sessionId: ${sessionId}.\r\n\r\n`,
    );
  });

  it("goes on in the shell that the profile has put in its place", async () => {
    const linux = 'exec bash --norc\ncd /tmp; PS1="[\\w]$ "';
    await setPreferences(lab, { ...runAs("test-user"), shellProfile: { linux, windows: "" } });
    await using terminal = awsStartSession(lab.environment("alice"));
    await terminal.expectText("\u001b[?2004h[/tmp]$ ");
    terminal.type("echo $0\r");
    await terminal.expectText("\u001b[?2004l\rbash\r\r\n");
  });

  it("loses nothing of 5 MB", async () => {
    const output = await bulkThrough(pluginOnPipes(await pluginCall(lab, "alice")));
    expect(digestOf(bulkIn(output))).toBe(bulkDigest());
    expect(output).toMatch(/exit\r\n\n\nExiting session with sessionId: \S+\.\n\n$/);
  });
});
