import { describe, expect, it } from "vitest";
import { ExpectationError } from "../../harness/expectation-error.ts";
import { bashEnter, bashPrompt, missingUser, openFakeSession, refusedSession } from "./fake-session.ts";

const soon = { timeoutMs: 30 };

/** Echoes and answers as bash would. */
function playBash({ channel }: ReturnType<typeof openFakeSession>, answers: Record<string, string>): void {
  channel.onType = (text) => {
    const line = text.replace(/\r$/, "");
    void channel.print(`${line}${bashEnter}${answers[line] ?? ""}${bashPrompt}`);
  };
}

describe("waiting for text", () => {
  it("goes on behind what was found before", async () => {
    await using fake = openFakeSession();
    const { session, channel } = fake;
    await channel.print("one two one");
    expect(await session.expectText("one")).toBe("one");
    expect(await session.expectText(/t.o/)).toBe("two");
    expect(await session.expectText("one")).toBe("one");
    await expect(session.expectText("one", soon)).rejects.toThrow('Waited 30 ms for the text "one".');
  });

  it("finds text that comes later, in pieces and between control sequences", async () => {
    await using fake = openFakeSession();
    const { session, channel } = fake;
    const found = session.expectText("hello grün");
    const bytes = Buffer.from("he\u001b[1mllo\u001b[0m grün");
    for (const byte of bytes) await channel.print(Uint8Array.of(byte));
    expect(await found).toBe("hello grün");
  });

  it("shows on the screen whatever it has found", async () => {
    await using fake = openFakeSession();
    const { session, channel } = fake;
    const found = session.expectText("b");
    void channel.print("a\r\nb");
    await found;
    expect(session.screen()).toMatchObject({ text: "a\nb", cursor: { row: 1, column: 1 } });
  });

  it("ends with the session, and says how that stands", async () => {
    await using fake = openFakeSession();
    const found = fake.session.expectText("never");
    fake.channel.end({ type: "closed", output: "" });
    await expect(found).rejects.toThrow('The session ended without the text "never".');
  });

  it("finds what AWS says at the end, as the plugin shows it", async () => {
    await using fake = openFakeSession();
    const found = fake.session.expectText("timed out");
    fake.channel.end({ type: "closed", output: "Your session timed out." });
    await found;
    await fake.session.ended;
    expect(fake.session.screen().text).toBe("\n\nSessionId: alice-01 : Your session timed out.");
  });

  it("fails with what was waited for, the screen and the decision", async () => {
    await using fake = openFakeSession();
    await fake.channel.print(bashPrompt);
    const error = await fake.session.expectText("my-os-user", soon).catch((reason) => reason);
    expect(error).toBeInstanceOf(ExpectationError);
    expect(error.message).toBe(
      [
        'Waited 30 ms for the text "my-os-user".',
        "On the screen (80x24):",
        "  sh-5.2$",
        "Session alice-01: running",
        "Decision:",
        "  node: chosen user: my-os-user",
        "  → runs as my-os-user",
      ].join("\n"),
    );
  });
});

describe("waiting for the prompt", () => {
  it("looks behind what was typed, also where typing is not waited for", async () => {
    await using fake = openFakeSession();
    const { session, channel } = fake;
    await channel.print(bashPrompt);
    await session.expectPrompt();
    void session.type("whoami\n");
    await expect(session.expectPrompt(soon)).rejects.toThrow("Waited 30 ms for the prompt.");
    await channel.print(`whoami${bashEnter}my-os-user\r\n${bashPrompt}`);
    await session.expectPrompt();
  });

  it("waits for quiet where the shell does not mark its prompts", async () => {
    await using fake = openFakeSession();
    const { session, channel } = fake;
    await channel.print("5$ ");
    const prompt = session.expectPrompt();
    await channel.print("each\r\n$ ");
    await prompt;
    expect(session.output).toBe("5$ each\n$ ");
  });

  it("takes another shell's prompt where it is told how that looks", async () => {
    await using fake = openFakeSession({ prompt: /^ready: $/ });
    await fake.channel.print("ready: ");
    await fake.session.expectPrompt();
  });
});

describe("typing", () => {
  it("sends line feeds as the Enter key, and adds nothing", async () => {
    await using fake = openFakeSession();
    await fake.session.type("ls\n");
    await fake.session.type("q");
    await fake.session.interrupt();
    expect(fake.channel.calls).toEqual(["ls\r", "q", "\u0003"]);
  });

  it("is refused when the session is over", async () => {
    await using fake = openFakeSession();
    fake.channel.end({ type: "closed", output: "" });
    await fake.session.ended;
    await expect(fake.session.type("x")).rejects.toThrow("Cannot type: the session is over.");
  });

  it("leaves answers of the terminal to the terminal", async () => {
    await using fake = openFakeSession();
    await fake.channel.print("\u001b[6n");
    expect(fake.channel.calls).toEqual(["\u001b[1;1R"]);
  });
});

describe("running a command", () => {
  it("gives its output, and its exit code when asked", async () => {
    await using fake = openFakeSession();
    playBash(fake, { "ls /": "bin\r\n\u001b[34metc\u001b[0m\r\n", "echo $?": "2\r\n" });
    await fake.channel.print(bashPrompt);
    expect(await fake.session.run("ls /")).toEqual({ output: "bin\netc", exitCode: undefined });
    expect(fake.channel.calls).toEqual(["ls /\r"]);
    expect(await fake.session.run("ls /", { exitCode: true })).toEqual({ output: "bin\netc", exitCode: 2 });
  });

  it("takes one line", async () => {
    await using fake = openFakeSession();
    await expect(fake.session.run("a\nb")).rejects.toThrow(TypeError);
  });
});

describe("the outcome", () => {
  it("is a refusal of the node's, with its text, when the emulator says so", async () => {
    await using fake = openFakeSession();
    fake.facts = missingUser;
    const text = "\n----------ERROR-------\nUnable to start command\n";
    fake.channel.end({ type: "closed", output: text });
    await fake.session.ready();
    expect(fake.session.outcome).toEqual({ type: "refused", by: "node", message: text });
    expect(fake.session.decision).toMatchObject({ outcome: "refused" });
  });

  it("is an end like others when the shell exits", async () => {
    await using fake = openFakeSession();
    fake.channel.onType = () => fake.channel.end({ type: "closed", output: "" });
    await fake.channel.print(bashPrompt);
    expect(await fake.session.exit()).toEqual({ type: "closed", output: "" });
    expect(fake.session.outcome).toEqual({ type: "ended", end: { type: "closed", output: "" } });
  });

  it("of a session that StartSession refused keeps code, message and decision", async () => {
    await using session = refusedSession();
    await session.ready();
    expect(session).toMatchObject({
      sessionId: undefined,
      outcome: { by: "service", code: "BadRequest", message: "Invalid RunAs username." },
      decision: { outcome: "refused" },
    });
    await expect(session.type("x")).rejects.toThrow("refused by the service: BadRequest");
  });
});

describe("readiness", () => {
  it("comes with the first prompt, and with it the decision", async () => {
    await using fake = openFakeSession();
    const ready = fake.session.ready();
    await fake.channel.print(bashPrompt);
    await ready;
    expect(fake.session.runAsUser).toBe("my-os-user");
  });

  it("comes with the session where no shell will show a prompt", async () => {
    await using fake = openFakeSession();
    fake.channel.events?.onSession({ sessionType: "NonInteractiveCommands" });
    await fake.session.ready(soon);
  });
});

describe("the end of its use", () => {
  it("terminates what still runs", async () => {
    const fake = openFakeSession();
    await fake.session[Symbol.asyncDispose]();
    expect(fake.channel.calls).toEqual(["terminate"]);
    expect(await fake.session.ended).toEqual({ type: "left" });
  });

  it("leaves alone what has ended", async () => {
    const fake = openFakeSession();
    fake.channel.end({ type: "closed", output: "" });
    await fake.session.ended;
    await fake.session[Symbol.asyncDispose]();
    expect(fake.channel.calls).toEqual([]);
  });
});

it("resizes the screen and the session", async () => {
  await using fake = openFakeSession();
  fake.session.resize({ columns: 132, rows: 43 });
  expect(fake.session.screen()).toMatchObject({ columns: 132, rows: 43 });
  expect(fake.channel.calls).toEqual(["132x43"]);
});
