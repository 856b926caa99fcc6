import { expect, it } from "vitest";
import type { InvocationState } from "../../../../emulator/operations/ports/command-record.ts";
import { commandStatus } from "../../../../emulator/operations/ssm/shared/command-status.ts";
import { commandRecord, invocation } from "../commands.ts";

const status = (states: readonly InvocationState[], overrides = {}) =>
  commandStatus(commandRecord({ invocations: states.map((state) => invocation({ state })), ...overrides }));

it.each<readonly [readonly InvocationState[], string, string]>([
  [[], "Success", "NoInstancesInTag"],
  [["Pending", "Pending"], "Pending", "Pending"],
  [["Pending", "InProgress"], "InProgress", "InProgress"],
  [["Pending", "Success"], "InProgress", "InProgress"],
  [["Success", "Success"], "Success", "Success"],
  [["Success", "Failed"], "Failed", "Failed"],
  [["Failed", "Terminated"], "Failed", "Failed"],
  [["Success", "ExecutionTimedOut"], "TimedOut", "ExecutionTimedOut"],
  [["Failed", "ExecutionTimedOut"], "Failed", "Failed"],
  [["Success", "DeliveryTimedOut"], "TimedOut", "DeliveryTimedOut"],
  [["Cancelled", "Cancelled"], "Cancelled", "Cancelled"],
  [["Success", "Cancelled"], "Failed", "Incomplete"],
])("makes of %j %s (%s)", (states, Status, StatusDetails) => {
  expect(status(states)).toEqual({ Status, StatusDetails });
});

it("bears as many failures as MaxErrors allows", () => {
  expect(status(["Success", "Failed"], { maxErrors: "50%" }).StatusDetails).toBe("Incomplete");
});

it("is cancelled as a whole when CancelCommand named no nodes", () => {
  expect(status(["Success", "Cancelling"], { isCancelled: true }).Status).toBe("Cancelling");
  expect(status(["Success", "Cancelled"], { isCancelled: true }).Status).toBe("Cancelled");
});
