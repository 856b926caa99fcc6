import { describe, expect, it } from "vitest";
import { Shell } from "../../emulator/agent/shell.ts";
import { FakeTerminal, nodeGone } from "../helpers/fake-node.ts";
import { ManualClock } from "../helpers/manual-clock.ts";

function openShell() {
  const clock = new ManualClock();
  const terminal = new FakeTerminal();
  const output: string[] = [];
  const errors: unknown[] = [];
  let ends = 0;
  /** Until it resolves, the client takes no more. */
  let room: Promise<void> | undefined;
  const host = {
    output: (bytes: Uint8Array) => {
      output.push(Buffer.from(bytes).toString());
      return room;
    },
    flag: () => {},
    ended: () => {
      ends += 1;
    },
    onError: (error: unknown) => void errors.push(error),
  };
  const shell = new Shell(terminal, { clock, host });
  const fill = () => {
    const full = Promise.withResolvers<void>();
    room = full.promise;
    return full;
  };
  return { clock, terminal, shell, output, errors, ends: () => ends, fill };
}

const size = { columns: 90, rows: 30 };

describe("a shell's first size and input", () => {
  it("wait until the first output has been quiet for 30 ms", async () => {
    const { clock, terminal, shell } = openShell();
    shell.resize(size);
    void shell.input(Buffer.from("ls\n"));
    terminal.print("motd\r\n");
    await clock.advance(29);
    terminal.print("$ ");
    await clock.advance(29);
    expect(terminal.received).toEqual([]);
    await clock.advance(1);
    expect(terminal.received).toEqual(["90x30", "ls\n"]);
  });

  it("wait a second for a shell that prints nothing", async () => {
    const { clock, terminal, shell } = openShell();
    shell.resize(size);
    await clock.advance(999);
    expect(terminal.received).toEqual([]);
    await clock.advance(1);
    expect(terminal.received).toEqual(["90x30"]);
  });

  it("wait no longer than that for one that never stops printing", async () => {
    const { clock, terminal, shell } = openShell();
    void shell.input(Buffer.from("\x03"));
    for (let elapsed = 0; elapsed < 1_000; elapsed += 20) {
      terminal.print("y\r\n");
      await clock.advance(20);
    }
    expect(terminal.received).toEqual(["\x03"]);
  });

  it("take effect at once when the first output is over", async () => {
    const { clock, terminal, shell } = openShell();
    terminal.print("$ ");
    await clock.advance(30);
    terminal.print("more");
    shell.resize(size);
    await clock.advance(0);
    expect(terminal.received).toEqual(["90x30"]);
    expect(clock.pending).toBe(0);
  });
});

describe("a shell's profile", () => {
  it("is typed with a newline, as it is, and before anything is printed", async () => {
    const { clock, terminal, shell } = openShell();
    shell.typeProfile("cd /tmp\nexport A=1");
    await clock.advance(0);
    expect(terminal.received).toEqual(["cd /tmp\nexport A=1\n"]);
  });

  it.each(["", " \n\t"])("is not typed when it is blank: %j", async (profile) => {
    const { clock, terminal, shell } = openShell();
    shell.typeProfile(profile);
    await clock.advance(0);
    expect(terminal.received).toEqual([]);
  });
});

describe("a shell's backlog", () => {
  it("asks to wait once there is more of it than 256 KiB", async () => {
    const { clock, terminal, shell } = openShell();
    const taking = Promise.withResolvers<void>();
    terminal.taking = taking.promise;
    expect(shell.input(Buffer.alloc(256 * 1024))).toBeUndefined();
    const taken = shell.input(Buffer.from("x"));
    expect(taken).toBeInstanceOf(Promise);
    taking.resolve();
    await clock.advance(1_000);
    await taken;
    expect(shell.input(Buffer.from("y"))).toBeUndefined();
  });

  it("does not count bytes that were lost", async () => {
    const { clock, terminal, shell, errors } = openShell();
    terminal.failure = nodeGone();
    void shell.input(Buffer.alloc(256 * 1024));
    await clock.advance(1_000);
    expect(shell.input(Buffer.from("y"))).toBeUndefined();
    expect(errors).toEqual([terminal.failure]);
  });
});

describe("a shell's output", () => {
  it("waits in the terminal while the client takes no more", async () => {
    const { terminal, fill } = openShell();
    const full = fill();
    terminal.print("much");
    expect(terminal.isPaused).toBe(true);
    full.resolve();
    await full.promise;
    expect(terminal.isPaused).toBe(false);
  });
});

describe("a shell's end", () => {
  it("is told once, after its output", () => {
    const { terminal, output, ends } = openShell();
    terminal.print("bye");
    terminal.end();
    expect([output, ends()]).toEqual([["bye"], 1]);
  });

  it.each([
    ["by itself", ({ terminal }: ReturnType<typeof openShell>) => terminal.end()],
    ["by terminate", ({ shell }: ReturnType<typeof openShell>) => void shell.terminate()],
  ])("%s drops input that waits, and leaves no timer", async (_way, end) => {
    const opened = openShell();
    void opened.shell.input(Buffer.from("rm -rf /"));
    end(opened);
    opened.terminal.onOutput(Buffer.from("late"));
    await opened.clock.advance(0);
    expect(opened.terminal.received).toEqual([]);
    expect(opened.clock.pending).toBe(0);
  });
});
