import type { EpochMillis } from "../../clock.ts";

export interface KmsKeyRecord {
  /** Lower-case UUID. */
  readonly keyId: string;
  readonly description: string;
  readonly createdAt: EpochMillis;
  readonly keyState: "Enabled" | "Disabled" | "PendingDeletion";
  /** When the key is gone for good; undefined unless its deletion is pending. */
  readonly deletesAt: EpochMillis | undefined;
  /** AES-256 key, 32 bytes. */
  readonly material: Uint8Array;
}

export interface KmsAliasRecord {
  /** With its prefix `alias/`. */
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: EpochMillis;
}
