import { type Static, Type } from "typebox";
import { ec2Exceptions } from "./exceptions.ts";

/** Filters as they come over the wire: `Filter.1.Name`, `Filter.1.Value.1`. */
export const Filters = Type.Array(
  Type.Object({ Name: Type.Optional(Type.String()), Value: Type.Optional(Type.Array(Type.String())) }),
);

/** Finds what a filter looks at in an item; undefined for a filter there is not. */
export type FilterByName<Item> = (filterName: string) => ((item: Item) => readonly string[]) | undefined;

const maxFilterValues = 200;

/**
 * Keeps the items that pass every filter; a filter passes with any of its values. Values mind case and may hold
 * `*` and `?`, which a backslash makes plain.
 * @throws ServiceException InvalidParameterValue, FilterLimitExceeded
 * @see Amazon EC2 user guide, "List and filter your resources", "Filtering considerations"
 */
export function applyFilters<Item>(
  items: readonly Item[],
  filters: Static<typeof Filters> | undefined,
  filterByName: FilterByName<Item>,
): readonly Item[] {
  const tests = (filters ?? []).map(({ Name: name = "", Value: values = [] }) => {
    const valuesOf = filterByName(name);
    if (valuesOf === undefined) throw ec2Exceptions.filterInvalid(name);
    const patterns = values.map(wildcardPattern);
    return (item: Item) => valuesOf(item).some((value) => patterns.some((pattern) => pattern.test(value)));
  });
  const valueCount = (filters ?? []).reduce((sum, { Value: values = [] }) => sum + values.length, 0);
  if (valueCount > maxFilterValues) throw ec2Exceptions.tooManyFilterValues(maxFilterValues);
  return items.filter((item) => tests.every((passes) => passes(item)));
}

function wildcardPattern(value: string): RegExp {
  const source = value.replaceAll(/\\[*?\\]|[\s\S]/gu, (piece) => {
    if (piece === "*") return ".*";
    if (piece === "?") return ".";
    return piece.replace(/^\\(?=.)/u, "").replace(/[\\^$.*+?()[\]{}|/]/u, "\\$&");
  });
  return new RegExp(`^${source}$`, "su");
}
