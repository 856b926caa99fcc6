const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads a duration such as `20m` or `1h30m`, in days, hours, minutes and seconds, as milliseconds; undefined: it is none. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(?:(?<d>\d+)d)?(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?$/.exec(text)?.groups;
  if (parts === undefined || text === "") return undefined;
  const { d = 0, h = 0, m = 0, s = 0 } = parts;
  const ms = Number(d) * unitMs.d + Number(h) * unitMs.h + Number(m) * unitMs.m + Number(s) * unitMs.s;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Writes milliseconds as {@link parseDuration} reads them, cut to whole seconds. */
export function formatDuration(milliseconds: number): string {
  let restMs = milliseconds;
  const parts = (["d", "h", "m", "s"] as const).map((unit) => {
    const count = Math.floor(restMs / unitMs[unit]);
    restMs -= count * unitMs[unit];
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}
