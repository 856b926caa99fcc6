/** Who calls: the account root, an IAM user or an assumed role. */
export type Principal = RootPrincipal | UserPrincipal | AssumedRolePrincipal;

export interface Tag {
  readonly key: string;
  readonly value: string;
}

interface PrincipalBase {
  readonly accountId: string;
  readonly arn: string;
  /** `aws:userid`: the account id for root, `AIDA…` for a user, `AROA…:<session name>` for a role. */
  readonly userId: string;
}

export interface RootPrincipal extends PrincipalBase {
  readonly type: "root";
}

export interface UserPrincipal extends PrincipalBase {
  readonly type: "user";
  readonly userName: string;
  readonly tags: readonly Tag[];
}

export interface AssumedRolePrincipal extends PrincipalBase {
  readonly type: "assumed-role";
  readonly roleName: string;
  readonly sessionName: string;
  readonly roleTags: readonly Tag[];
  readonly sessionTags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

/** A principal's tag and where it came from. */
export interface EffectiveTag extends Tag {
  readonly source: "IAM user tag" | "role tag" | "STS session tag";
}

/**
 * The principal's tags as `aws:PrincipalTag` sees them: a session tag replaces a role tag of the same key,
 * keys compared without regard to case.
 * @see IAM user guide, "Passing session tags in AWS STS"
 */
export function effectiveTags(principal: Principal): readonly EffectiveTag[] {
  switch (principal.type) {
    case "root":
      return [];
    case "user":
      return principal.tags.map((tag) => ({ ...tag, source: "IAM user tag" }));
    case "assumed-role": {
      const passed = new Set(principal.sessionTags.map((tag) => tag.key.toLowerCase()));
      return [
        ...principal.sessionTags.map((tag) => ({ ...tag, source: "STS session tag" }) as const),
        ...principal.roleTags
          .filter((tag) => !passed.has(tag.key.toLowerCase()))
          .map((tag) => ({ ...tag, source: "role tag" }) as const),
      ];
    }
  }
}

/**
 * The part of a session id before its suffix: IAM user name, role session name, or `root`.
 * @see agent-behaviour reference, section 3, "Session id"
 */
export function sessionOwnerName(principal: Principal): string {
  switch (principal.type) {
    case "root":
      return "root";
    case "user":
      return principal.userName;
    case "assumed-role":
      return principal.sessionName;
  }
}
