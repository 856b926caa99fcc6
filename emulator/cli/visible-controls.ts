/** What is looked at must not act on the terminal once more; control characters are written as JSON has them. */
export function withVisibleControls(line: string): string {
  return line.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
