import type { TerminalSession } from "../terminal-session.ts";
import { inDueTime } from "./eventually.ts";
import { StepFailure } from "./step-failure.ts";
import { isFoundIn, showPattern, toPattern } from "./text-pattern.ts";
import type { World } from "./world.ts";

/** Waits until the log holds the texts in their order. @throws StepFailure when it does not come to that */
export async function expectLogged(
  world: World,
  session: TerminalSession,
  texts: readonly string[],
): Promise<void> {
  await whenLogIsComplete(world, session);
  await inDueTime(async () => {
    const log = await readLog(session);
    const missing = firstMissing(log, texts);
    if (missing === undefined) return;
    throw new StepFailure("The session's log is not as expected.", {
      difference: {
        expected: `${showPattern(missing)}${texts.length > 1 ? ", in its place" : ""}`,
        actual: log,
      },
      session,
    });
  }, world.emulator);
}

/** @throws StepFailure when the log holds one of the texts */
export async function expectNotLogged(
  world: World,
  session: TerminalSession,
  texts: readonly string[],
): Promise<void> {
  await whenLogIsComplete(world, session);
  const log = await readLog(session);
  const found = texts.find((text) => isFoundIn(log, text));
  if (found === undefined) return;
  throw new StepFailure("The session's log holds what it should not.", {
    difference: { expected: `nothing like ${showPattern(found)}`, actual: log },
    session,
  });
}

/** The first text that does not follow those before it. */
export function firstMissing(log: string, texts: readonly string[]): string | undefined {
  let rest = log;
  for (const text of texts) {
    const pattern = toPattern(text);
    const index = typeof pattern === "string" ? rest.indexOf(pattern) : rest.search(pattern);
    if (index < 0) return text;
    const found = typeof pattern === "string" ? pattern : (pattern.exec(rest)?.[0] ?? "");
    rest = rest.slice(index + found.length);
  }
  return undefined;
}

/** The log of a session that is over is complete when nothing of the session is left. */
async function whenLogIsComplete(world: World, session: TerminalSession): Promise<void> {
  const { sessionId } = session;
  if (sessionId === undefined || session.outcome.type === "running") return;
  await inDueTime(async () => {
    const view = await world.emulator.session(sessionId);
    if (view !== undefined && view.endedAt === undefined) {
      throw new StepFailure("The session is over, but its log is not complete.", { session });
    }
  }, world.emulator);
}

async function readLog(session: TerminalSession): Promise<string> {
  return (await session.logLines()).join("\n");
}
