/** Whether a version is newer than another, as the plugin compares them: what is not four numbers is too old. */
export function isVersionAbove(version: string, threshold: string): boolean {
  if (!/^\d+(\.\d+){3}$/.test(version)) return false;
  const limits = threshold.split(".").map(Number);
  const differences = version.split(".").map((part, index) => Number(part) - (limits[index] ?? 0));
  return (differences.find((difference) => difference !== 0) ?? 0) > 0;
}
