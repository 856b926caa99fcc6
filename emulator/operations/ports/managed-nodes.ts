import type { Tag } from "../../access/principal.ts";
import type { EpochMillis } from "../../clock.ts";

/** A managed node as the API lists it. */
export interface NodeDescription {
  /** `i-` + 17 hex, or `mi-` + 17 hex. */
  readonly nodeId: string;
  readonly name: string;
  readonly pingStatus: "Online" | "ConnectionLost";
  readonly lastPingAt: EpochMillis;
  readonly registeredAt: EpochMillis;
  readonly agentVersion: string;
  readonly platformName: string;
  readonly platformVersion: string;
  readonly computerName: string;
  readonly ipAddress: string;
  /** Only of ec2 nodes that are to have one. */
  readonly publicIpAddress?: string;
  readonly instanceType: string;
  /** Tags from the seed; those set by ec2 CreateTags are in the account's state. */
  readonly tags: readonly Tag[];
}

/** The fleet, as the operations see it. */
export interface ManagedNodes {
  list(): readonly NodeDescription[];
  get(nodeId: string): NodeDescription | undefined;
}
