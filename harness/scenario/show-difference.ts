import type { Mismatch } from "./partial-match.ts";
import type { Difference } from "./step-failure.ts";

/** What differs, one value a line: `Sessions[0].Owner: …`. */
export function showDifference(mismatches: readonly Mismatch[]): Difference {
  const lines = (side: "expected" | "actual") =>
    mismatches.map((each) => `${each.path === "" ? "" : `${each.path}: `}${each[side]}`).join("\n");
  return { expected: lines("expected"), actual: lines("actual") };
}
