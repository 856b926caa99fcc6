import type { EpochMillis } from "./clock.ts";

/** UTC with milliseconds: `2026-01-02T03:04:05.678Z`. */
export function isoMillis(time: EpochMillis): string {
  return new Date(time).toISOString();
}

/** UTC cut, not rounded, to whole seconds, as the Query services and Go's RFC 3339 write it: `2026-01-02T03:04:05Z`. */
export function isoSeconds(time: EpochMillis): string {
  return `${isoMillis(time).slice(0, 19)}Z`;
}
