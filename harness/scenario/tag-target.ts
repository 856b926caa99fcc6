import { Type } from "typebox";
import type { Scope } from "./scope.ts";

/** An IAM user or role whose tags change: `user/alice`, `role/operator`. */
export function TagTarget(description: string) {
  return Type.String({
    pattern: "^(user|role)/.+$",
    title: "an IAM user or role, such as user/alice or role/operator",
    description,
  });
}

/** Holds a {@link TagTarget} against the names that are known. */
export function checkTagTarget(scope: Scope, member: string, target: string): void {
  const { kind, name } = parse(target);
  if (kind === "user") scope.user([member], name);
  else scope.role([member], name);
}

/** The IAM operation for a {@link TagTarget}, such as `iam:TagUser`, and the parameter that names it. */
export function tagRequest(
  action: "Tag" | "Untag",
  target: string,
): { readonly operation: string; readonly input: Readonly<Record<string, string>> } {
  const { kind, name } = parse(target);
  const what = kind === "user" ? "User" : "Role";
  return { operation: `iam:${action}${what}`, input: { [`${what}Name`]: name } };
}

function parse(target: string): { readonly kind: string; readonly name: string } {
  const slash = target.indexOf("/");
  return { kind: target.slice(0, slash), name: target.slice(slash + 1) };
}
