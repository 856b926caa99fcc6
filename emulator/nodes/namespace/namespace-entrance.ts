/** Words before a program that is to run in namespaces of a process: options of nsenter name which, beside the user's. */
export function namespaceEntrance(
  { pid, hasUserNamespace }: { readonly pid: number; readonly hasUserNamespace: boolean },
  namespaces: readonly string[],
): string[] {
  const user = hasUserNamespace ? ["--user"] : [];
  return ["nsenter", ...user, ...namespaces, "--target", String(pid), "--"];
}
