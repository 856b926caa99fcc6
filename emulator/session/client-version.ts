/**
 * The order of two versions as the agent has it: negative when `version` is the older one. Part by part; with all parts
 * of the shorter one equal, the shorter one is the older.
 * @see amazon-ssm-agent `agent/versionutil/versionutil.go`, Compare
 */
export function compareVersions(version: string, other: string): number {
  const parts = version.split(".");
  const otherParts = other.split(".");
  for (const [index, part] of parts.entries()) {
    const otherPart = otherParts[index];
    if (otherPart === undefined) break;
    const difference = compareParts(part, otherPart);
    if (difference !== 0) return difference;
  }
  return parts.length - otherParts.length;
}

function compareParts(part: string, other: string): number {
  if (isNumber(part) && isNumber(other)) return Number(part) - Number(other);
  return part < other ? -1 : part > other ? 1 : 0;
}

function isNumber(part: string): boolean {
  return /^[+-]?\d+$/.test(part);
}
