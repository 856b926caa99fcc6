import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { ConfigError } from "../../errors.ts";
import { faultSchemas, readFault } from "../../faults/fault.ts";
import type { ActiveFault, FaultList } from "../../faults/fault-list.ts";
import { describeProblems } from "./json-body.ts";

const FaultView = Type.Object(
  {
    name: Type.String(),
    type: Type.String(),
    on: Type.Record(Type.String(), Type.String()),
    stream: Type.Optional(Type.String()),
    toxicity: Type.Optional(Type.Number()),
    count: Type.Optional(Type.Integer()),
    seed: Type.Optional(Type.Integer({ description: "Repeats the chances of this run" })),
    attributes: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()])),
    strikes: Type.Integer({ description: "How often it has struck" }),
  },
  { description: "A fault in force" },
);
const Problem = Type.Object({ message: Type.String() });

/** Routes that make faults on purpose, list them and take them away. */
export const faultRoutes: FastifyPluginAsyncTypebox<{ readonly faults: FaultList }> = async (
  app,
  { faults },
) => {
  app.get(
    "/_emulator/faults",
    {
      schema: {
        summary: "The faults in force, in the order in which they were added",
        response: { 200: Type.Object({ faults: Type.Array(FaultView) }) },
      },
    },
    async () => ({ faults: faults.all.map(toView) }),
  );

  app.post(
    "/_emulator/faults",
    {
      schema: {
        summary: "Make a fault; it is in force at once, for what is open already, too",
        body: Type.Union(Object.values(faultSchemas)),
        response: { 200: FaultView, 400: Problem, 409: Problem },
      },
      // The schema is for those who read it: what it says of a mistake would be about every type at once.
      validatorCompiler: () => (value) => ({ value }),
    },
    async ({ body }, reply) => {
      const read = readFault(body);
      if (read.type === "problems") {
        return reply.code(400).send({ message: describeProblems("body", read.problems) });
      }
      try {
        return toView(faults.add(read.fault));
      } catch (error) {
        if (error instanceof ConfigError) return reply.code(409).send({ message: error.message });
        throw error;
      }
    },
  );

  app.delete(
    "/_emulator/faults",
    {
      schema: {
        summary: "Take all faults away",
        response: { 200: Type.Object({ status: Type.Literal("removed") }) },
      },
    },
    async () => {
      faults.clear();
      return { status: "removed" as const };
    },
  );

  app.delete(
    "/_emulator/faults/:name",
    {
      schema: {
        summary: "Take a fault away",
        params: Type.Object({ name: Type.String() }),
        response: { 200: Type.Object({ status: Type.Literal("removed") }), 404: Problem },
      },
    },
    async ({ params: { name } }, reply) => {
      if (faults.remove(name)) return { status: "removed" as const };
      const known = faults.all.map(({ fault }) => fault.name).join(", ") || "none";
      return reply.code(404).send({ message: `There is no fault ${name}. Known: ${known}.` });
    },
  );
};

function toView({ fault, seed, strikes }: ActiveFault) {
  return {
    ...fault,
    on: { ...fault.on },
    attributes: { ...fault.attributes },
    ...(fault.toxicity !== undefined && { seed }),
    strikes,
  };
}
