/** The value that the given share of all values does not exceed: 0.5 is the median. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("There is no percentile of no values");
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
