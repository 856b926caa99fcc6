/** More differences than this, and the word is another one. */
const maxDistance = 2;

/** ` (did you mean alice?)` when one of the known words is close to the one that was found; else nothing. */
export function didYouMean(found: string, known: readonly string[]): string {
  const close = known
    .map((word) => ({ word, distance: distanceBetween(found.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.min(maxDistance, Math.floor(word.length / 2)))
    .sort((a, b) => a.distance - b.distance);
  return close[0] === undefined ? "" : ` (did you mean ${close[0].word}?)`;
}

/** Letters to put in, take out, change or swap with their neighbour: the optimal string alignment distance. */
function distanceBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > maxDistance) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row += 1) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
