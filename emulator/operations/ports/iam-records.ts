import type { Tag } from "../../access/principal.ts";
import type { EpochMillis } from "../../clock.ts";

export interface UserRecord {
  readonly userName: string;
  /** `AIDA` + 17 characters. */
  readonly userId: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly createdAt: EpochMillis;
  readonly tags: readonly Tag[];
}

export interface RoleRecord {
  readonly roleName: string;
  /** `AROA` + 17 characters. */
  readonly roleId: string;
  readonly path: string;
  readonly createdAt: EpochMillis;
  readonly description: string | undefined;
  /** Trust policy, JSON text as given. */
  readonly assumeRolePolicyDocument: string;
  readonly maxSessionDurationSeconds: number;
  readonly tags: readonly Tag[];
}

export interface AccessKeyRecord {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Undefined: the key belongs to the account root. */
  readonly userName: string | undefined;
  readonly status: "Active" | "Inactive";
  readonly createdAt: EpochMillis;
}

/** Temporary credentials (`ASIA…`) and whom they stand for. */
export interface SessionCredentialsRecord {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: EpochMillis;
  readonly subject: SessionSubject;
}

export type SessionSubject =
  /** GetSessionToken: the same root or user, for a time. */
  | { readonly type: "root" }
  | { readonly type: "user"; readonly userName: string }
  | {
      readonly type: "assumed-role";
      readonly roleName: string;
      readonly roleId: string;
      readonly sessionName: string;
      /** Passed and inherited session tags; they beat the role's own. */
      readonly sessionTags: readonly Tag[];
      readonly transitiveTagKeys: readonly string[];
      readonly sourceIdentity: string | undefined;
    };
