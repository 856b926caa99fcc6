import { checkShape, type ShapeCheck } from "../yaml-file/check-shape.ts";
import { checkDuplicates } from "./check-duplicates.ts";
import { checkReferences } from "./check-references.ts";
import { SeedSchema } from "./seed-schema.ts";

/** A seed with its defaults filled in, or its mistakes: of shape, else of meaning. */
export function checkSeed(value: unknown): ShapeCheck<typeof SeedSchema> {
  const shape = checkShape(SeedSchema, value);
  if (shape.type === "problems") return shape;
  const problems = [...checkDuplicates(shape.value), ...checkReferences(shape.value)];
  return problems.length === 0 ? shape : { type: "problems", problems };
}
