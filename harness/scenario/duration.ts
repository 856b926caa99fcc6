import { Type } from "typebox";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it: `20m`, `1h30m`, `500ms`. */
export function Duration(description: string) {
  return Type.String({
    pattern: "^(\\d{1,9}(ms|s|m|h|d))+$",
    title: "a length of time such as 20m, 1h30m or 500ms",
    description,
  });
}

/** Milliseconds of a {@link Duration}. */
export function durationMs(text: string): number {
  return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)]
    .map(([, count, unit]) => Number(count) * unitMs[unit as keyof typeof unitMs])
    .reduce((sum, ms) => sum + ms, 0);
}
