/** Measures something once. */
export type Measurement = () => Promise<number>;

/**
 * Takes the measurements in turn, round by round, so that whatever else the machine does meets all of them; what the
 * first round gives is dropped.
 */
export async function inTurn<Measurements extends Readonly<Partial<Record<string, Measurement>>>>(
  rounds: number,
  measurements: Measurements,
): Promise<{ readonly [Name in keyof Measurements]: readonly number[] }> {
  const rows = Object.entries(measurements).map(([name, measure]) => ({
    name,
    measure,
    results: [] as number[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { measure, results } of rows) {
      const result = await measure?.();
      if (round > 0 && result !== undefined) results.push(result);
    }
  }
  return Object.fromEntries(rows.map(({ name, results }) => [name, results])) as never;
}
