import type { Tag } from "../../access/principal.ts";

/** A managed node as the seed describes it. */
export interface NodeSpec {
  /** `i-` + 17 hex, or `mi-` + 17 hex. */
  readonly nodeId: string;
  /** The container's host name. */
  readonly name: string;
  readonly users: readonly NodeUser[];
  /** Undefined: the fleet's image. */
  readonly image?: string | undefined;
  readonly tags: readonly Tag[];
}

/** An OS user to be made on a node; what is undefined is left to the node's `useradd`. */
export interface NodeUser {
  readonly name: string;
  readonly uid?: number | undefined;
  /** Supplementary groups; missing ones are made. */
  readonly groups?: readonly string[] | undefined;
  /** Path of the login shell. Sessions never read it. */
  readonly shell?: string | undefined;
  /** Whether there is a home directory; true by default. */
  readonly home?: boolean | undefined;
}
