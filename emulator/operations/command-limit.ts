/**
 * What MaxConcurrency or MaxErrors means for so many nodes: a count as it is, a share of them rounded down.
 * @see Systems Manager user guide, "Using concurrency controls", "Using error controls": the sixth error of 50 nodes exceeds 10%
 */
export function commandLimit(limit: string, nodeCount: number): number {
  const number = Number.parseInt(limit, 10);
  return limit.endsWith("%") ? Math.floor((nodeCount * number) / 100) : number;
}
