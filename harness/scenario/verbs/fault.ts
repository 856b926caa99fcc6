import { Type } from "typebox";
import { type FaultRequest, faultTypes, readFault } from "../../../emulator/faults/fault.ts";
import { defineVerb, Step } from "../verb.ts";

const Modifier = (description: string) => Type.Optional(Type.Unknown({ description }));

/** Makes a fault on purpose. */
export const verb = defineVerb({
  name: "fault",
  schema: Step("Makes a fault on purpose, in force until it is removed", {
    fault: Type.Enum([...faultTypes], {
      title: `a type of fault: ${faultTypes.join(", ")}`,
      description: "Its type",
    }),
    name: Modifier("By which removeFault takes it away; type and stream when left out"),
    on: Modifier("For which session, owner, node, document or operation; all when left out"),
    attributes: Modifier("What the type takes, such as latency: 100"),
    stream: Modifier("downstream, towards the client, or upstream; downstream when left out"),
    toxicity: Modifier("How probable it is that it strikes, from 0 to 1; 1 when left out"),
    count: Modifier("How often it strikes before it is over"),
    seed: Modifier("Of its chances: the same seed, the same chances"),
  }),
  check(step, scope) {
    const { fault: type, ...modifiers } = step;
    const read = readFault({ type, ...modifiers });
    if (read.type === "problems") {
      for (const { path, expected, found } of read.problems) scope.report(path, expected, found);
      return;
    }
    scope.placeholders(["on"], step.on);
    if (read.fault.on.node !== undefined) scope.node(["on", "node"], read.fault.on.node);
    scope.addFault(read.fault.name);
  },
  async run(step, world) {
    const { fault: type, ...modifiers } = world.fill(step);
    await world.emulator.addFault({ type, ...modifiers } as FaultRequest);
  },
});
