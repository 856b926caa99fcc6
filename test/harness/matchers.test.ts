import { describe, expect, it } from "vitest";
import "../../harness/vitest.ts";
import { bashPrompt, missingUser, openFakeSession, refusedSession } from "./fake-session.ts";

async function failureOf(assertion: () => unknown): Promise<string> {
  try {
    await assertion();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error("the assertion holds");
}

async function runningSession() {
  const fake = openFakeSession();
  await fake.channel.print(bashPrompt);
  await fake.session.ready();
  return fake;
}

async function sessionRefusedByNode() {
  const fake = openFakeSession();
  fake.facts = missingUser;
  fake.channel.end({ type: "closed", output: "\n----ERROR----\nRunAs user gone does not exist\n" });
  await fake.session.ready();
  return fake;
}

const runningState = [
  "On the screen (80x24):",
  "  sh-5.2$",
  "Session alice-01: running",
  "Decision:",
  "  node: chosen user: my-os-user",
  "  → runs as my-os-user",
];

describe("toRunAs", () => {
  it("holds for the user that the node has chosen", async () => {
    await using fake = await runningSession();
    expect(fake.session).toRunAs("my-os-user");
    expect(fake.session).not.toRunAs("root");
    expect(refusedSession()).not.toRunAs("root");
  });

  it("fails with the decision trace and the last screen", async () => {
    await using fake = await runningSession();
    const message = await failureOf(() => expect(fake.session).toRunAs("root"));
    expect(message.split("\n")).toEqual([
      "Expected the session to run as root, found: it runs as my-os-user",
      ...runningState,
    ]);
    expect(await failureOf(() => expect(fake.session).not.toRunAs("my-os-user"))).toContain(
      "Expected the session not to run as my-os-user",
    );
  });

  it("says who refused a session that does not run", async () => {
    const message = await failureOf(() => expect(refusedSession()).toRunAs("root"));
    expect(message).toContain("found: refused by the service: BadRequest: Invalid RunAs username.");
    expect(message).toContain("service: no tag SSMSessionRunAs");
  });

  it("wants a session", () => {
    expect(() => expect("alice").toRunAs("root")).toThrow(TypeError);
  });
});

describe("toBeRefusedWith", () => {
  it("holds for the service's text and code", () => {
    expect(refusedSession()).toBeRefusedWith("Invalid RunAs username");
    expect(refusedSession()).toBeRefusedWith(/^BadRequest$/);
    expect(refusedSession()).not.toBeRefusedWith("does not exist");
  });

  it("holds for the node's text", async () => {
    await using fake = await sessionRefusedByNode();
    expect(fake.session).toBeRefusedWith(/user gone does not exist/);
  });

  it("fails with the decision trace and the last screen", async () => {
    await using fake = await runningSession();
    const message = await failureOf(() => expect(fake.session).toBeRefusedWith(/gone/));
    expect(message.split("\n")).toEqual([
      "Expected the session to be refused with /gone/, found: running",
      ...runningState,
    ]);
  });
});

describe("toHaveLogged", () => {
  it("holds for texts in order, with others between", async () => {
    await using fake = await runningSession();
    fake.log = ["sh-5.2$ whoami", "my-os-user", "sh-5.2$ exit"];
    await expect(fake.session).toHaveLogged(["whoami", /exit$/]);
    await expect(fake.session).not.toHaveLogged([/exit$/, "whoami"]);
    await expect(fake.session).not.toHaveLogged(["whoami", "whoami"]);
  });

  it("waits for what is logged later", async () => {
    await using fake = await runningSession();
    const logged = expect(fake.session).toHaveLogged(["whoami"]);
    fake.log = ["sh-5.2$ whoami"];
    await logged;
  });

  it("does not wait when the log is complete", async () => {
    await using fake = await runningSession();
    fake.facts = { endedAt: 2_000 };
    const message = await failureOf(() => expect(fake.session).toHaveLogged(["a"], { timeoutMs: 60_000 }));
    expect(message).toContain('"a" is missing; nothing is logged');
  });

  it("fails with the log, the decision trace and the last screen", async () => {
    await using fake = await runningSession();
    fake.log = ["one", "two"];
    const message = await failureOf(() =>
      expect(fake.session).toHaveLogged(["one", "three"], { timeoutMs: 1 }),
    );
    expect(message.split("\n")).toEqual([
      'Expected the session to have logged "one", "three", found: "three" is missing; the log is:',
      "  one",
      "  two",
      ...runningState,
    ]);
  });
});
