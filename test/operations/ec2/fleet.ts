import type { OperationContext } from "../../../emulator/operations/operation.ts";
import type { NodeDescription } from "../../../emulator/operations/ports/managed-nodes.ts";
import { operationContext } from "../../helpers/operation-context.ts";

export const web1 = node({
  nodeId: "i-0aaaaaaaaaaaaaaa1",
  name: "web-1",
  tags: [
    { key: "Name", value: "web-1" },
    { key: "Role", value: "web" },
  ],
});

export const db1 = node({
  nodeId: "i-0aaaaaaaaaaaaaaa2",
  name: "db-1",
  ipAddress: "10.0.0.6",
  publicIpAddress: "203.0.113.9",
  pingStatus: "ConnectionLost",
  agentVersion: "3.3.40.0",
});

export const hybrid1 = node({ nodeId: "mi-0aaaaaaaaaaaaaaa3", name: "hybrid-1", ipAddress: "10.0.0.7" });

/** A context whose fleet is these nodes. */
export function fleetContext(nodes: readonly NodeDescription[] = [web1, db1, hybrid1]): OperationContext {
  return operationContext({
    nodes: { list: () => nodes, get: (nodeId) => nodes.find((each) => each.nodeId === nodeId) },
  });
}

/** `count` nodes with ids in ascending order. */
export function manyNodes(count: number): readonly NodeDescription[] {
  return Array.from({ length: count }, (_, index) =>
    node({ nodeId: `i-${String(index).padStart(17, "0")}`, name: `node-${index}` }),
  );
}

function node(overrides: Partial<NodeDescription> & { nodeId: string; name: string }): NodeDescription {
  return {
    pingStatus: "Online",
    lastPingAt: Date.UTC(2026, 0, 2, 3, 4, 0, 500),
    registeredAt: Date.UTC(2026, 0, 1),
    agentVersion: "3.3.131.0",
    platformName: "Amazon Linux",
    platformVersion: "2023",
    computerName: `${overrides.name}.ec2.internal`,
    ipAddress: "10.0.0.5",
    instanceType: "t3.micro",
    tags: [],
    ...overrides,
  };
}
