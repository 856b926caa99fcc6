import { Type } from "typebox";

/** Text between slashes is a regular expression; `^` and `$` match at every line. */
const expression = /^\/(.+)\/$/s;

/** A text of a scenario that something is compared with: contained in it, or `/…/`, which matches it. */
export function TextPattern(description: string) {
  return Type.Refine(
    Type.String({ title: "text, or a regular expression between slashes", description }),
    (text: string) => isTextPattern(text),
  );
}

/** False for a regular expression that JavaScript does not take. */
export function isTextPattern(text: string): boolean {
  try {
    toPattern(text);
    return true;
  } catch {
    return false;
  }
}

/** As it is searched for. @throws SyntaxError for a wrong expression */
export function toPattern(text: string): string | RegExp {
  const source = expression.exec(text)?.[1];
  return source === undefined ? text : new RegExp(source, "m");
}

/** Whether the text contains it, or matches it. */
export function isFoundIn(actual: string, text: string): boolean {
  const pattern = toPattern(text);
  return typeof pattern === "string" ? actual.includes(pattern) : pattern.test(actual);
}

/** In the words of a message. */
export function showPattern(text: string): string {
  return expression.test(text) ? text : JSON.stringify(text);
}
