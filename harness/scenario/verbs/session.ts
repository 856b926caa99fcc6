import { Type } from "typebox";
import type { TerminalSession } from "../../terminal-session.ts";
import { inDueTime } from "../eventually.ts";
import { expectRefused, expectRunsAs, expectText } from "../expectations.ts";
import { Name } from "../fields.ts";
import { expectLogged, expectNotLogged } from "../session-log.ts";
import { StepFailure } from "../step-failure.ts";
import { TextPattern } from "../text-pattern.ts";
import { defineVerb, Step } from "../verb.ts";
import type { World } from "../world.ts";

const statuses = ["Connecting", "Connected", "Disconnected", "Terminating", "Terminated", "Failed"] as const;

/** What became of a session. */
export const verb = defineVerb({
  name: "session",
  schema: Step("What became of a session", {
    session: Name("a session", "The session"),
    runsAs: Type.Optional(Name("an OS user", "The OS user that it runs, or ran, as")),
    refused: Type.Optional(TextPattern("The words in which it was refused")),
    ends: Type.Optional(TextPattern("It has ended or ends now; what the caller is told by the service")),
    exitCode: Type.Optional(
      Type.Integer({
        title: "an exit code",
        description: "The exit code that its command reported; of documents with separateOutputStream",
      }),
    ),
    status: Type.Optional(
      Type.Enum([...statuses], {
        title: `a status: ${statuses.join(", ")}`,
        description: "Its status, as DescribeSessions has it",
      }),
    ),
    logged: Type.Optional(
      Type.Array(TextPattern("A text"), {
        minItems: 1,
        title: "a list of texts",
        description: "Texts that its log holds, in this order",
      }),
    ),
    notLogged: Type.Optional(
      Type.Array(TextPattern("A text"), {
        minItems: 1,
        title: "a list of texts",
        description: "Texts that its log does not hold",
      }),
    ),
  }),
  check(step, scope) {
    scope.session(["session"], step.session);
    if (Object.keys(step).length === 1) {
      scope.report(
        [],
        "what is expected of the session: runsAs, refused, ends, exitCode, status, logged or notLogged",
        "nothing",
      );
    }
  },
  async run({ session: name, runsAs, refused, ends, exitCode, status, logged, notLogged }, world) {
    const session = world.session(name);
    if (ends !== undefined) await expectEnd(session, ends);
    if (exitCode !== undefined) await expectExitCode(session, exitCode);
    if (refused !== undefined) expectRefused(session, refused);
    if (runsAs !== undefined) expectRunsAs(session, runsAs);
    if (status !== undefined) await inDueTime(() => expectStatus(world, session, status), world.emulator);
    if (logged !== undefined) await expectLogged(world, session, logged);
    if (notLogged !== undefined) await expectNotLogged(world, session, notLogged);
  },
});

async function expectEnd(session: TerminalSession, expected: string): Promise<void> {
  const end = await session.expectEnd();
  const words = end.type === "closed" ? end.output : end.type === "failed" ? end.message : "";
  expectText("What the session ends with", expected, words, session);
}

async function expectExitCode(session: TerminalSession, expected: number): Promise<void> {
  await session.expectEnd();
  if (session.exitCode === expected) return;
  throw new StepFailure("The command's exit code is not as expected.", {
    difference: { expected: `${expected}`, actual: `${session.exitCode ?? "none was reported"}` },
    session,
  });
}

async function expectStatus(world: World, session: TerminalSession, expected: string): Promise<void> {
  const view = session.sessionId === undefined ? undefined : await world.emulator.session(session.sessionId);
  if (view?.status === expected) return;
  throw new StepFailure("The session's status is not as expected.", {
    difference: { expected, actual: view?.status ?? "there is no such session" },
    session,
  });
}
