import { afterEach, beforeEach, expect, it } from "vitest";
import { buildLogEvent } from "../../emulator/sessionlog/log-event.ts";
import { run, type ServedAdminApi, serveAdminApi } from "./run.ts";

let emulator: ServedAdminApi;

beforeEach(async () => {
  emulator = await serveAdminApi();
});
afterEach(() => emulator[Symbol.asyncDispose]());

const logs = async (...args: readonly string[]) =>
  (await run("logs", "--endpoint", emulator.endpoint, ...args)).out;

function append(sessionId: string, text: string): string {
  const context = {
    awsRegion: "eu-west-1",
    target: "i-1",
    sessionOwner: "arn:aws:iam::000000000000:user/alice",
    runAsUser: "webadmin",
    sessionId,
  };
  const event = buildLogEvent(context, Buffer.from(text), 0);
  emulator.state.sessionEvents.append({ sessionId, ...event });
  return event.message;
}

it("logs tell who did what as whom, in order of arrival", async () => {
  append("alice-02", "$ whoami\nwebadmin\n");
  append("alice-01", "$ exit\n");
  expect(await logs()).toBe(
    [
      "1970-01-01T00:00:00Z  alice-02  arn:aws:iam::000000000000:user/alice as webadmin",
      "  | $ whoami",
      "  | webadmin",
      "1970-01-01T00:00:00Z  alice-01  arn:aws:iam::000000000000:user/alice as webadmin",
      "  | $ exit",
      "",
    ].join("\n"),
  );
});

it("logs do nothing to the terminal they are shown on", async () => {
  append("alice-01", "\u001b]0;title\u0007\b\u009b2J\n");
  const out = await logs();
  expect(out).toContain("  | \\u001b]0;title\\u0007\\u0008");
  expect(out).not.toMatch(/[^\P{Cc}\n]/u);
});

it("logs --session are those of one session", async () => {
  append("alice-01", "one\n");
  append("alice&02", "two\n");
  expect(await logs("--session", "alice&02")).toMatch(/^\S+ {2}alice&02 .*\n {2}\| two\n$/);
});

it("logs --json are AWS's own event objects, one a line", async () => {
  const messages = [append("alice-01", "<one>\n"), append("alice-02", "two\n")];
  expect(await logs("--json")).toBe(`${messages.join("\n")}\n`);
});

it("no logs are said to be none, and are nothing to a program", async () => {
  expect(await logs()).toBe("No log events yet.\n");
  expect(await logs("--json")).toBe("");
});
