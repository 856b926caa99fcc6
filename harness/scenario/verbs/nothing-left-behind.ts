import { Type } from "typebox";
import { eventually } from "../eventually.ts";
import { StepFailure } from "../step-failure.ts";
import { defineVerb, Step } from "../verb.ts";
import type { World } from "../world.ts";

/** Looks for what should be gone. */
export const verb = defineVerb({
  name: "nothingLeftBehind",
  schema: Step("Ends all sessions; no process that a session started lives on any node then", {
    nothingLeftBehind: Type.Literal(true, { title: "true", description: "true" }),
  }),
  async run(_step, world) {
    await Promise.all(world.sessions.map((session) => session[Symbol.asyncDispose]()));
    const nodes = (await world.emulator.nodes()).filter(({ pingStatus }) => pingStatus === "Online");
    for (const { name } of nodes) await eventually(() => expectNoProcesses(world, name));
  },
});

async function expectNoProcesses(world: World, node: string): Promise<void> {
  const processes = await world.emulator.sessionProcesses(node);
  if (processes.length === 0) return;
  throw new StepFailure(`Processes are left on ${node}.`, {
    difference: {
      expected: "none",
      actual: processes.map(({ pid, user, command }) => `${pid} ${user} ${command}`).join("\n"),
    },
  });
}
