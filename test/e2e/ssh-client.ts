import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** AWS's block for `~/.ssh/config`. @see AWS Systems Manager user guide, "Allow and control permissions for SSH connections" */
const documentedConfig = `host i-* mi-*
    ProxyCommand sh -c "aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters 'portNumber=%p'"
`;

/** The same in words of ssh's command line, for use without that block. */
export const proxyCommand =
  "ProxyCommand=aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p";

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person's SSH set-up: a key pair, known hosts and a configuration, gone when it goes out of scope. */
export class SshHome implements AsyncDisposable {
  readonly folder: string;
  /** The line for `authorized_keys`. */
  readonly publicKey: string;
  /** A configuration with AWS's block. */
  readonly config: string;
  /** The same without it. */
  readonly plainConfig: string;

  private constructor(folder: string, publicKey: string) {
    this.folder = folder;
    this.publicKey = publicKey;
    this.config = join(folder, "config");
    this.plainConfig = join(folder, "plain-config");
  }

  static async make(): Promise<SshHome> {
    const folder = await mkdtemp(join(tmpdir(), "ssm-emulator-ssh-"));
    const keyFile = join(folder, "id_ed25519");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", keyFile]);
    const home = new SshHome(folder, (await readFile(`${keyFile}.pub`, "utf8")).trimEnd());
    const plain = `host *
    BatchMode yes
    IdentityFile ${keyFile}
    IdentitiesOnly yes
    StrictHostKeyChecking accept-new
    UserKnownHostsFile ${join(folder, "known_hosts")}
`;
    await writeFile(home.plainConfig, plain);
    await writeFile(home.config, documentedConfig + plain);
    return home;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end, whatever its exit code. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly input?: string },
): Promise<ProgramResult> {
  const { promise, resolve } = Promise.withResolvers<ProgramResult>();
  const limits = { timeout: 45_000, maxBuffer: 64 * 1024 * 1024 };
  const child = execFile(file, [...args], { ...limits, env: options.env }, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
    resolve({ exitCode, stdout, stderr });
  });
  child.stdin?.end(options.input ?? "");
  return await promise;
}
