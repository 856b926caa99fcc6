/** A way from the top of a file to one of its values: member names and list positions. */
export type FilePath = readonly (string | number)[];

/** What is wrong with a value of a file, before it is known where in the file that stands. */
export interface FileProblem {
  readonly path: FilePath;
  /** True when the member's name is wrong, not its value. */
  readonly isAboutName: boolean;
  readonly expected: string;
  readonly found: string;
}

/** `nodes[0].users[1].uid`. */
export function showPath(path: FilePath): string {
  return path
    .map((step) =>
      typeof step === "number" ? `[${step}]` : `.${/^[\w-]+$/.test(step) ? step : JSON.stringify(step)}`,
    )
    .join("")
    .replace(/^\./, "");
}

const maxShownLength = 60;

/** A value as a message says it was found. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return `the ${typeof value} ${value}`;
  return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value);
}
