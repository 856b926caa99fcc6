import { logsExceptions } from "./exceptions.ts";

interface Term {
  readonly kind: "required" | "optional" | "excluded";
  readonly text: string;
}

/** One term: an optional sign, then a quoted phrase or anything up to the next blank. */
const termPattern = /([-?]?)(?:"((?:\\.|[^"\\])*)"(?=\s|$)|(\S+))/g;

/**
 * Compiles the terms of an unstructured filter pattern: `a b` all, `?a ?b` any, `-a` none, `"a b"` a phrase.
 * Matching is by substring and minds case. Beside other terms, `?` terms count for nothing.
 * @throws ServiceException InvalidParameterException for JSON, space-delimited and regex patterns, which are
 * not emulated, and for bare terms with other than word characters
 * @see CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log events"
 */
export function compileFilterPattern(pattern: string): (message: string) => boolean {
  refuseStructured(pattern.trim());
  const terms = [...pattern.matchAll(termPattern)].map(parseTerm);
  const texts = (kind: Term["kind"]) => terms.filter((term) => term.kind === kind).map((term) => term.text);
  const [required, optional, excluded] = [texts("required"), texts("optional"), texts("excluded")];
  const optionalCounts = optional.length > 0 && optional.length === terms.length;
  return (message) => {
    const has = (text: string) => message.includes(text);
    return required.every(has) && !excluded.some(has) && (!optionalCounts || optional.some(has));
  };
}

function refuseStructured(pattern: string): void {
  if (pattern.startsWith("{")) throw logsExceptions.notEmulated("JSON filter patterns");
  if (pattern.startsWith("[")) throw logsExceptions.notEmulated("space-delimited filter patterns");
  if (/^[-?]?%.*%$/.test(pattern)) throw logsExceptions.notEmulated("regular expressions in filter patterns");
}

function parseTerm([whole, sign, phrase, word]: RegExpExecArray): Term {
  if (phrase === "" || (word !== undefined && !/^\w+$/u.test(word)))
    throw logsExceptions.badFilterTerm(whole);
  const text = word ?? (phrase ?? "").replaceAll(/\\(.)/g, "$1");
  return { kind: sign === "-" ? "excluded" : sign === "?" ? "optional" : "required", text };
}
