import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DescribeSessionsCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { startTestEmulator, type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { freePort } from "../helpers/free-port.ts";
import { describeWithSshClients } from "../helpers/programs.ts";
import { TerminalDriver } from "../helpers/terminal.ts";
import { proxyCommand, runProgram, SshHome } from "./ssh-client.ts";

describeWithSshClients("OpenSSH through AWS-StartSSHSession", () => {
  let home: SshHome;
  let lab: TestEmulator;
  beforeAll(async () => {
    home = await SshHome.make();
    const deploy = { name: "deploy", uid: 1777, shell: "/bin/bash", sshPublicKeys: [home.publicKey] };
    const nodes = builtInSeed.nodes.map((node) => ({ ...node, users: [...node.users, deploy] }));
    lab = await startTestEmulator({ seed: { nodes } });
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
  });

  const deployAt = `deploy@${webNodeId}`;
  const run = (program: string, ...args: readonly string[]) =>
    runProgram(program, args, { env: lab.environment("alice") });
  const ssh = (...args: readonly string[]) => run("ssh", "-F", home.config, ...args);

  it("logs in with the seed's key, as ssh's user and not as Run As would have it", async () => {
    expect(await ssh(deployAt, "whoami")).toMatchObject({ exitCode: 0, stdout: "deploy\n" });
  });

  it("needs no Run As user", async () => {
    const env = lab.environment("test-user");
    expect(await runProgram("ssh", ["-F", home.config, deployAt, "id -u"], { env })).toMatchObject({
      exitCode: 0,
      stdout: "1777\n",
    });
  });

  it("works with the ProxyCommand on the command line", async () => {
    expect(
      await run("ssh", "-F", home.plainConfig, "-o", proxyCommand, deployAt, "echo $SHELL"),
    ).toMatchObject({
      exitCode: 0,
      stdout: "/bin/bash\n",
    });
  });

  it("brings exit code, output and errors apart", async () => {
    const { exitCode, stdout, stderr } = await ssh(deployAt, "echo out; echo err >&2; exit 7");
    expect([exitCode, stdout]).toEqual([7, "out\n"]);
    expect(stderr).toContain("err\n");
  });

  it("carries standard input to its end", async () => {
    const input = "line\n".repeat(200_000);
    const options = { env: lab.environment("alice"), input };
    expect(await runProgram("ssh", ["-F", home.config, deployAt, "wc -c"], options)).toMatchObject({
      exitCode: 0,
      stdout: `${input.length}\n`,
    });
  });

  it("is a terminal when asked for one", async () => {
    const args = ["-F", home.config, deployAt];
    await using terminal = new TerminalDriver("ssh", args, {
      env: lab.environment("alice"),
      cols: 91,
      rows: 33,
    });
    await terminal.expectText("$ ");
    terminal.type("stty size; whoami\r");
    await terminal.expectText(/33 91\r\ndeploy\r\n/);
    terminal.type("exit 3\r");
    expect(await terminal.exited).toBe(3);
  });

  it("refuses a key that the user has not", async () => {
    const { exitCode, stderr } = await ssh(`my-os-user@${webNodeId}`, "whoami");
    expect([exitCode, stderr]).toEqual([255, expect.stringContaining("Permission denied (publickey")]);
  });

  it("copies files both ways with scp", async () => {
    const [there, back] = [join(home.folder, "there"), join(home.folder, "back")];
    const bytes = randomBytes(5_000_000);
    await writeFile(there, bytes);
    expect(await run("scp", "-F", home.config, there, `${deployAt}:copy`)).toMatchObject({ exitCode: 0 });
    expect(await run("scp", "-F", home.config, `${deployAt}:copy`, back)).toMatchObject({ exitCode: 0 });
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  it("keeps folders alike with rsync", async () => {
    const [there, back] = [join(home.folder, "tree"), join(home.folder, "tree-back")];
    await mkdir(join(there, "deep/er"), { recursive: true });
    const bytes = randomBytes(300_000);
    await writeFile(join(there, "deep/er/a"), bytes);
    await writeFile(join(there, "b"), "b");
    const rsync = (...args: readonly string[]) => run("rsync", "-a", "-e", `ssh -F ${home.config}`, ...args);

    expect(await rsync(`${there}/`, `${deployAt}:tree`)).toMatchObject({ exitCode: 0 });
    expect(await rsync("--delete", `${deployAt}:tree/`, back)).toMatchObject({ exitCode: 0 });

    expect((await readFile(join(back, "deep/er/a"))).equals(bytes)).toBe(true);
    expect(await readFile(join(back, "b"), "utf8")).toBe("b");
  });

  it("forwards a local port with -L", async () => {
    const port = await freePort();
    const forward = `127.0.0.1:${port}:127.0.0.1:22`;
    const args = ["-F", home.config, "-o", "ExitOnForwardFailure=yes", "-N", "-L", forward, deployAt];
    const tunnel = spawn("ssh", args, { env: lab.environment("alice"), stdio: "ignore" });
    try {
      await vi.waitFor(
        async () => {
          const socket = connect(port, "127.0.0.1");
          await once(socket, "connect");
          // Ended by us, as the server waits for a client's greeting.
          socket.end("quit\r\n");
          expect(await text(socket)).toMatch(/^SSH-2\.0-/);
        },
        { timeout: 30_000, interval: 100 },
      );
    } finally {
      tunnel.kill();
      await once(tunnel, "exit");
    }
  });

  it("leaves no session active once the plugins that left without a word are given up", async () => {
    await lab.emulator.advance(60_000);
    await vi.waitFor(
      async () => {
        const { Sessions } = await lab.ssm("root").send(new DescribeSessionsCommand({ State: "Active" }));
        expect(Sessions).toEqual([]);
      },
      { timeout: 10_000 },
    );
  });
});
