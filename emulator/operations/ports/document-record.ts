import type { Tag } from "../../access/principal.ts";
import type { EpochMillis } from "../../clock.ts";

export interface DocumentRecord {
  readonly name: string;
  readonly documentType: string;
  readonly targetType: string | undefined;
  readonly displayName: string | undefined;
  readonly tags: readonly Tag[];
  readonly createdAt: EpochMillis;
  /** A number as text, as the API writes it. */
  readonly defaultVersion: string;
  /** Ascending, never empty. */
  readonly versions: readonly DocumentVersionRecord[];
}

export interface DocumentVersionRecord {
  readonly version: string;
  readonly versionName: string | undefined;
  readonly createdAt: EpochMillis;
  readonly format: "JSON" | "YAML" | "TEXT";
  /** As uploaded. */
  readonly content: string;
}
