import { createHash } from "node:crypto";
import { nodeTags } from "../../node-tags.ts";
import type { OperationContext } from "../../operation.ts";
import type { NodeDescription } from "../../ports/managed-nodes.ts";

/** An instance as DescribeInstances writes it, under the names of the wire. */
export type InstanceItem = ReturnType<typeof instanceItem>;

/** The name quick setup gives to the profile of every instance that Systems Manager manages. */
const instanceProfileName = "AmazonSSMRoleForInstancesQuickSetup";

/**
 * The node as an instance in a private subnet: no public address unless the node has one. What nodes have no
 * counterpart of (VPC, image, zone) is made up and stays the same.
 * @see aws-api reference, section 2.9, DescribeInstances
 */
export function instanceItem(node: NodeDescription, context: OperationContext) {
  const { accountId, region } = context;
  return {
    instanceId: node.nodeId,
    imageId: madeUpId("ami", accountId, region, node.platformName),
    instanceState: { code: 16, name: "running" },
    privateDnsName: `ip-${dashed(node.ipAddress)}.${region === "us-east-1" ? "ec2" : `${region}.compute`}.internal`,
    dnsName: publicDnsName(node, region),
    reason: "",
    amiLaunchIndex: 0,
    instanceType: node.instanceType,
    launchTime: new Date(node.registeredAt).toISOString(),
    placement: { availabilityZone: `${region}a`, groupName: "", tenancy: "default" },
    monitoring: { state: "disabled" },
    subnetId: madeUpId("subnet", accountId, region),
    vpcId: madeUpId("vpc", accountId, region),
    privateIpAddress: node.ipAddress,
    ...(node.publicIpAddress !== undefined && { ipAddress: node.publicIpAddress }),
    groupSet: [],
    architecture: "x86_64",
    rootDeviceType: "ebs",
    rootDeviceName: "/dev/xvda",
    virtualizationType: "hvm",
    hypervisor: "xen",
    platformDetails: "Linux/UNIX",
    iamInstanceProfile: {
      arn: `arn:aws:iam::${accountId}:instance-profile/${instanceProfileName}`,
      id: `AIPA${madeUpHex(17, accountId, instanceProfileName)
        .toUpperCase()
        .replaceAll(/[0189]/g, "A")}`,
    },
    tagSet: nodeTags(context.state, node).map(({ key, value }) => ({ key, value })),
  };
}

/** The same id for the same `of`: a prefix and 17 hex digits. */
export function madeUpId(prefix: string, ...of: readonly string[]): string {
  return `${prefix}-${madeUpHex(17, prefix, ...of)}`;
}

function madeUpHex(length: number, ...of: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(of)).digest("hex").slice(0, length);
}

function publicDnsName({ publicIpAddress }: NodeDescription, region: string): string {
  if (publicIpAddress === undefined) return "";
  const domain = region === "us-east-1" ? "compute-1" : `${region}.compute`;
  return `ec2-${dashed(publicIpAddress)}.${domain}.amazonaws.com`;
}

function dashed(ipAddress: string): string {
  return ipAddress.replaceAll(".", "-");
}
