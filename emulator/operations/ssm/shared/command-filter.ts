import type { Static } from "typebox";
import type { EpochMillis } from "../../../clock.ts";
import { ServiceException } from "../../../errors.ts";
import type { CommandRecord } from "../../ports/command-record.ts";
import type { commandSchemas } from "./command-schemas.ts";
import type { ShownStatus } from "./command-status.ts";
import { parseFilterDate } from "./filter-date.ts";

export type CommandFilters = Static<typeof commandSchemas.filters>;

/** One row of a listing: a command, or a command on one node. */
export interface CommandRow {
  readonly command: CommandRecord;
  readonly status: ShownStatus;
}

type Predicate = (row: CommandRow) => boolean;

/**
 * What rows have to be like to pass all of the filters.
 * @throws ServiceException InvalidFilterKey for one that `without` names; ValidationException for a value that cannot be
 * @see SSM API reference, CommandFilter
 */
export function commandFilter(
  filters: CommandFilters = [],
  { without }: { readonly without?: string } = {},
): Predicate {
  const predicates = filters.map(({ key, value }) => {
    if (key === without) throw new ServiceException("InvalidFilterKey");
    return toPredicate(key, value);
  });
  return (row) => predicates.every((matches) => matches(row));
}

function toPredicate(key: CommandFilters[number]["key"], value: string): Predicate {
  switch (key) {
    case "InvokedAfter":
      return requestedIn(parseFilterDate(value), Number.POSITIVE_INFINITY);
    case "InvokedBefore":
      return requestedIn(Number.NEGATIVE_INFINITY, parseFilterDate(value));
    case "Status":
      return ({ status }) => status.Status === value || status.StatusDetails === value;
    case "ExecutionStage":
      return inStage(value);
    case "DocumentName":
      return ({ command }) => command.documentName === value;
  }
}

/** From `start` on, and before `end`. */
function requestedIn(start: EpochMillis, end: EpochMillis): Predicate {
  return ({ command: { requestedAt } }) => requestedAt >= start && requestedAt < end;
}

const executing: ReadonlySet<string> = new Set(["Pending", "InProgress", "Cancelling"]);

function inStage(stage: string): Predicate {
  if (stage !== "Executing" && stage !== "Complete") throw invalidStage(stage);
  return ({ status }) => executing.has(status.Status) === (stage === "Executing");
}

/** @unverified Code and text; a recorded refusal would settle them. */
function invalidStage(stage: string): ServiceException {
  return new ServiceException("ValidationException", `Invalid ExecutionStage filter value: ${stage}`);
}
