import { vi } from "vitest";
import type { Credential } from "../../emulator/access/user-lookup.ts";
import type { ManagedNode, ProcessOptions, TerminalProcess } from "../../emulator/agent/managed-node.ts";

/** What the agent gives a session's shell. @see agent-behaviour reference, section 2.2 */
const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  TERM: "dumb",
  LANG: "C.UTF-8",
  HOME: "/home/alice",
};

/** What `id alice` says on the test node. */
export async function aliceOn(node: ManagedNode): Promise<Credential> {
  const { id, gid } = await node.lookUpUser(["alice"]);
  const groups = [...(id.stdout.split("groups=")[1] ?? "").matchAll(/(\d+)\(/g)].map(([, group]) =>
    Number(group),
  );
  return { uid: 1500, gid: Number(gid.stdout), groups };
}

/** A terminal with its output so far. */
export interface DrivenTerminal {
  readonly process: TerminalProcess;
  readonly output: () => string;
  readonly ended: Promise<void>;
  readonly endings: () => number;
  type(text: string): Promise<void>;
  /** The output behind the last match of what was awaited, up to and with the next one. */
  expect(pattern: RegExp): Promise<string>;
}

export async function openShell(
  node: ManagedNode,
  options: Partial<ProcessOptions> = {},
): Promise<DrivenTerminal> {
  const credential = "credential" in options ? options.credential : await aliceOn(node);
  const defaults = { argv: ["sh"], environment, workingDirectory: "/usr/bin/" };
  return drive(await node.openTerminal({ ...defaults, ...options, credential }));
}

function drive(process: TerminalProcess): DrivenTerminal {
  let output = "";
  let seen = 0;
  let endings = 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  process.onOutput = (bytes) => {
    output += decoder.decode(bytes, { stream: true });
  };
  process.onEnd = () => {
    endings += 1;
    resolve();
  };
  return {
    process,
    output: () => output,
    ended,
    endings: () => endings,
    type: (text) => process.write(Buffer.from(text)),
    expect: (pattern) =>
      vi.waitFor(
        () => {
          const match = pattern.exec(output.slice(seen));
          if (match === null) throw new Error(`${pattern} is not in: ${JSON.stringify(output.slice(seen))}`);
          const text = output.slice(seen, seen + match.index + match[0].length);
          seen += match.index + match[0].length;
          return text;
        },
        { timeout: 10_000, interval: 5 },
      ),
  };
}

/** The output of a shell's commands, run as root. */
export async function runAsRoot(node: ManagedNode, commands: string): Promise<string> {
  const argv = ["/bin/sh", "-c", `stty -opost; ${commands}`];
  const shell = await openShell(node, { argv, credential: undefined, workingDirectory: "/" });
  await shell.ended;
  await shell.process.terminate();
  return shell.output();
}
