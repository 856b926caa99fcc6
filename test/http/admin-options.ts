import { FaultList } from "../../emulator/faults/fault-list.ts";
import type { AdminApiOptions } from "../../emulator/http/admin-api.ts";
import type { NodeDescription } from "../../emulator/operations/ports/managed-nodes.ts";
import type { SessionRecord } from "../../emulator/operations/ports/session-record.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { FakeNode } from "../helpers/fake-node.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { accountId } from "../helpers/operation-context.ts";

export const webNode: NodeDescription = {
  nodeId: "i-0a1b2c3d4e5f60718",
  name: "web-1",
  pingStatus: "Online",
  lastPingAt: 1,
  registeredAt: 1,
  agentVersion: "3.3.1957.0",
  platformName: "Amazon Linux",
  platformVersion: "2023",
  computerName: "web-1",
  ipAddress: "10.0.0.2",
  instanceType: "t3.micro",
  tags: [],
};

/** An admin API of an empty account with one node. */
export function adminOptions(overrides: Partial<AdminApiOptions> = {}): AdminApiOptions {
  const state = createMemoryState();
  return {
    version: "1.2.3",
    accountId,
    region: "eu-west-1",
    nodes: { list: () => [webNode], get: () => webNode },
    administer: () => undefined,
    state: () => state,
    reset: async () => {},
    clock: new ManualClock(0),
    faults: new FaultList(),
    caCertificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    allowedHosts: ["lab.example"],
    explain: {
      node: () => new FakeNode(),
      clock: new ManualClock(),
      settings: { missingRunAsUserRefusedBy: "service" },
    },
    ...overrides,
  };
}

/** alice's session on that node, undecided. */
export function sessionRecord(overrides: Partial<SessionRecord> = {}): SessionRecord {
  return {
    sessionId: "alice-01",
    target: webNode.nodeId,
    status: "Connected",
    startedAt: 1_000,
    endedAt: undefined,
    documentName: "SSM-SessionManagerRunShell",
    ownerArn: `arn:aws:iam::${accountId}:user/alice`,
    ownerUserId: "AIDAALICE",
    tags: [
      { key: "aws:ssmmessages:target-id", value: webNode.nodeId },
      { key: "aws:ssmmessages:session-id", value: "AIDAALICE" },
    ],
    reason: undefined,
    maxSessionDuration: undefined,
    runAsUser: undefined,
    decision: { steps: [{ by: "service", finding: "Run As is off" }], outcome: "pending" },
    closingOutput: undefined,
    ...overrides,
  };
}
