/**
 * How the nodes of a fleet are connected: `bridge` with each other and the emulator, by name, and with nothing else; `none`
 * with nothing but themselves; `host` as this machine is, whose addresses, ports and neighbours are the nodes'.
 */
export const nodeNetworks = ["bridge", "none", "host"] as const;
export type NodeNetwork = (typeof nodeNetworks)[number];

export function isNodeNetwork(text: string): text is NodeNetwork {
  return nodeNetworks.some((network) => network === text);
}

export interface NodeAddress {
  readonly name: string;
  readonly ipAddress: string;
}

/** The name by which nodes reach the emulator. */
export const emulatorName = "emulator";
/** Of the network that no other has a part in; it looks like a default VPC's. */
const network = "172.31";
export const networkPrefixLength = 16;
export const emulatorAddress = `${network}.0.1`;
const firstNode = 16 * 256 + 10;
/** The address of the nth node, from 0. */
export function nodeAddress(index: number): string {
  const number = firstNode + index;
  return `${network}.${number >> 8}.${number & 255}`;
}

/** The hosts file of a node among the others. */
export function hostsFile(self: NodeAddress, all: readonly NodeAddress[], kind: NodeNetwork): string {
  const local = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"];
  if (kind !== "bridge") return [...local, `127.0.1.1 ${self.name}`].join("\n");
  const nodes = all.map(({ name, ipAddress }) => `${ipAddress} ${name}`);
  return [...local, `${emulatorAddress} ${emulatorName}`, ...nodes].join("\n");
}
