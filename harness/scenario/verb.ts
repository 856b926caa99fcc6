import type { Static, TProperties, TSchema } from "typebox";
import { Type } from "typebox";
import type { Scope } from "./scope.ts";
import type { World } from "./world.ts";

/** One thing a scenario can do or expect. `verbs/add-user.ts` holds the verb `addUser`, exported as `verb`. */
export interface Verb<Schema extends TSchema = TSchema> {
  /** The member of a step that names it. */
  readonly name: string;
  /** The whole step: the verb itself and its modifiers. */
  readonly schema: Schema;
  /** Looks for names that lead nowhere, and tells the scope the names that the step makes. */
  check?(step: Static<Schema>, scope: Scope): void;
  /** Does it. @throws Error when it is not as the step expects */
  run(step: Static<Schema>, world: World): Promise<void>;
  /** Time that the step itself asks for, in milliseconds, beyond what every step may take. */
  waitsMs?(step: Static<Schema>): number;
}

/** Keeps the step's type between schema, check and run. */
export function defineVerb<Schema extends TSchema>(verb: Verb<Schema>): Verb<Schema> {
  return verb;
}

/** The schema of a step; its first member is the verb. */
export function Step<Properties extends TProperties>(description: string, properties: Properties) {
  return Type.Object(properties, { additionalProperties: false, description });
}
