import { expect, it } from "vitest";
import { getConnectionStatus } from "../../../emulator/operations/ssm/get-connection-status.ts";
import { db1, fleetContext, web1 } from "../ec2/fleet.ts";

it.each([
  ["an online node", web1.nodeId, "connected"],
  ["a lost node", db1.nodeId, "notconnected"],
  ["a node there is not", "i-0bbbbbbb", "notconnected"],
])("tells the status of %s", (_, Target, Status) => {
  expect(getConnectionStatus.handle({ Target }, fleetContext())).toEqual({ Target, Status });
});
