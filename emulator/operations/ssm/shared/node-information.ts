import type { NodeDescription } from "../../ports/managed-nodes.ts";

/** What both node listings tell of a node. */
export type NodeInformation = ReturnType<typeof nodeInformation>;

/**
 * The node's members under the API's names; times are epoch seconds. Hybrid nodes also have a registration date.
 * Associations are not emulated, so their members are absent, as on a node that has none.
 * @see aws-api reference, section 2.2
 */
export function nodeInformation(node: NodeDescription) {
  const hybrid = node.nodeId.startsWith("mi-");
  return {
    InstanceId: node.nodeId,
    PingStatus: node.pingStatus,
    LastPingDateTime: node.lastPingAt / 1000,
    AgentVersion: node.agentVersion,
    PlatformType: "Linux",
    PlatformName: node.platformName,
    PlatformVersion: node.platformVersion,
    ResourceType: hybrid ? "ManagedInstance" : "EC2Instance",
    IPAddress: node.ipAddress,
    ComputerName: node.computerName,
    SourceId: node.nodeId,
    SourceType: hybrid ? "AWS::SSM::ManagedInstance" : "AWS::EC2::Instance",
    ...(hybrid && { RegistrationDate: node.registeredAt / 1000 }),
  };
}
