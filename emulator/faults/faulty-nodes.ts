import type { ManagedNodes, NodeDescription } from "../operations/ports/managed-nodes.ts";
import type { FaultList } from "./fault-list.ts";
import { selectsNode } from "./selects.ts";

/** The nodes, of which those whose agent a fault has taken offline have lost their connection. */
export function faultyNodes(nodes: ManagedNodes, faults: FaultList): ManagedNodes {
  const describe = (node: NodeDescription): NodeDescription =>
    faults.ofType("agent_offline").some(({ fault }) => selectsNode(fault.on, node))
      ? { ...node, pingStatus: "ConnectionLost" }
      : node;
  return {
    list: () => nodes.list().map(describe),
    get: (nodeId) => {
      const node = nodes.get(nodeId);
      return node && describe(node);
    },
  };
}
