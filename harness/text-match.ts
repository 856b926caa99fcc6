/** The expression without `g` and `y`, with which it would begin where its last search ended. */
export function fromStart(wanted: RegExp): RegExp {
  return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ""));
}

/** Whether the text contains the wanted one, or matches it. */
export function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.includes(wanted) : fromStart(wanted).test(text);
}

/** The first of the wanted texts that no line has behind those of the texts before it; undefined: all are there. */
export function firstMissing(
  lines: readonly string[],
  wanted: readonly (string | RegExp)[],
): string | RegExp | undefined {
  let next = 0;
  for (const text of wanted) {
    const offset = lines.slice(next).findIndex((line) => matches(line, text));
    if (offset < 0) return text;
    next += offset + 1;
  }
  return undefined;
}
