import { BlockList, isIP } from "node:net";

/**
 * Services of AWS that no port session may reach: metadata, DNS, time, Windows licences. The agent also denies the first
 * four addresses and the last of its VPC's blocks, which it learns from the metadata; nodes here have no VPC.
 * @see agent-behaviour reference, section 5; amazon-ssm-agent `agent/appconfig/constants.go`, DefaultDeniedPortForwardingRemoteIPs
 */
const deniedAddresses = [
  "169.254.169.254",
  "fd00:ec2::254",
  "169.254.169.253",
  "fd00:ec2::253",
  "169.254.169.123",
  "fd00:ec2::123",
  "169.254.169.250",
  "169.254.169.251",
  "fd00:ec2::240",
];

const denied = new BlockList();
for (const address of deniedAddresses) denied.addAddress(address, familyOf(address));

/**
 * Whether a port session may not connect to an IP address, however that is spelt. A zone makes no difference; the agent
 * would let an address with one through, for Go does not parse it.
 */
export function isDeniedAddress(address: string): boolean {
  const [bare = ""] = address.split("%");
  return isIP(bare) !== 0 && denied.check(bare, familyOf(bare));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
