import type { OsUser } from "../access/os-user.ts";
import type { Tag } from "../access/principal.ts";

/** A managed node as the seed describes it. */
export interface NodeSpec {
  /** `i-` + 17 hex, or `mi-` + 17 hex. */
  readonly nodeId: string;
  /** The node's host name. */
  readonly name: string;
  readonly users: readonly OsUser[];
  /** Undefined: the fleet's image. */
  readonly image?: string | undefined;
  /** Four numbers with dots; undefined: the version whose behaviour the emulator has. */
  readonly agentVersion?: string | undefined;
  readonly tags: readonly Tag[];
}
