import { matchesWildcard } from "./wildcard.ts";

/** What a request says under each condition key. Keys in lower case, as they compare without regard to case. */
export type ConditionValues = ReadonlyMap<string, readonly string[]>;

/** Operator → condition key → the values it names. */
export type Condition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

interface Comparison {
  readonly fits: (named: string, actual: string) => boolean;
  /** True for the `Not` forms: none of the named values may fit. */
  readonly negated: boolean;
}

const equal = (named: string, actual: string) => named === actual;
const equalIgnoringCase = (named: string, actual: string) => named.toLowerCase() === actual.toLowerCase();

const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ["StringEquals", { fits: equal, negated: false }],
  ["StringNotEquals", { fits: equal, negated: true }],
  ["StringEqualsIgnoreCase", { fits: equalIgnoringCase, negated: false }],
  ["StringNotEqualsIgnoreCase", { fits: equalIgnoringCase, negated: true }],
  ["StringLike", { fits: matchesWildcard, negated: false }],
  ["StringNotLike", { fits: matchesWildcard, negated: true }],
  ["ArnEquals", { fits: matchesWildcard, negated: false }],
  ["ArnLike", { fits: matchesWildcard, negated: false }],
  ["ArnNotEquals", { fits: matchesWildcard, negated: true }],
  ["ArnNotLike", { fits: matchesWildcard, negated: true }],
]);

/**
 * Whether every operator and key of `condition` holds. An operator that is not in the table above (`Null` and the
 * `ForAllValues:`, `ForAnyValue:` and `…IfExists` forms are understood) or a policy variable never holds, so its
 * statement does not apply, whatever its effect.
 * @see IAM user guide, "IAM JSON policy elements: Condition operators"
 */
export function conditionHolds(condition: Condition, values: ConditionValues): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, named]) =>
      operatorHolds(operator, named, values.get(key.toLowerCase()) ?? []),
    ),
  );
}

function operatorHolds(operator: string, named: readonly string[], actual: readonly string[]): boolean {
  if (named.some((value) => value.includes("${"))) return false;
  if (operator === "Null") return named.includes(String(actual.length === 0));
  const [, quantifier, name = "", ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const comparison = comparisons.get(name);
  if (comparison === undefined) return false;
  if (actual.length === 0 && ifExists !== undefined) return true;
  const holds = (value: string) => named.some((one) => comparison.fits(one, value)) !== comparison.negated;
  if (quantifier === "ForAllValues:") return actual.every(holds);
  if (quantifier === undefined && actual.length === 0) return comparison.negated;
  return actual.some(holds);
}
