import { parseDocument } from "yaml";
import { findJsonFault } from "./json-fault.ts";
import { nestsDeeperThan } from "./json-value.ts";
import { documentTexts, type Refusal, refuse } from "./refusal.ts";

export type ParsedContent = { readonly type: "parsed"; readonly value: unknown } | Refusal;

/** Aliases count for the nodes they expand to, so a few lines of YAML cannot grow into gigabytes. */
const maxYamlAliases = 100;
/** Far beyond any document AWS takes, and shallow enough to walk recursively. */
const maxDepth = 64;

/**
 * Reads a document's text as the format it is said to be in.
 * @see aws-api reference, section 2.3, "content is not JSON" and "format and content disagree"
 * @unverified That JSON sent as YAML is taken, as every JSON text is YAML.
 */
export function parseDocumentContent(content: string, format: "JSON" | "YAML"): ParsedContent {
  const parsed = format === "JSON" ? parseJson(content) : parseYaml(content);
  if (parsed.type === "parsed" && nestsDeeperThan(parsed.value, maxDepth)) {
    return refuse("InvalidDocumentContent", `${format} nests more than ${maxDepth} levels deep.`);
  }
  return parsed;
}

function parseJson(content: string): ParsedContent {
  // Other formats do not begin like JSON; broken JSON does.
  if (!/^\s*[{[]/.test(content)) return refuse("ValidationException", documentTexts.otherFormat("JSON"));
  const fault = findJsonFault(content);
  if (fault === undefined) return { type: "parsed", value: JSON.parse(content) };
  const lines = content.slice(0, fault).split("\n");
  return notWellFormed("JSON", lines.length, (lines.at(-1) ?? "").length + 1);
}

function parseYaml(content: string): ParsedContent {
  try {
    const document = parseDocument(content, { logLevel: "silent" });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
      return notWellFormed("YAML", line, col);
    }
    return { type: "parsed", value: document.toJS({ maxAliasCount: maxYamlAliases }) };
  } catch {
    // The parser throws only for what it will not expand: too many aliases, or nesting beyond the stack.
    return refuse("InvalidDocumentContent", "YAML expands to too much content.");
  }
}

function notWellFormed(format: string, line: number, column: number): Refusal {
  return refuse("InvalidDocumentContent", documentTexts.notWellFormed(format, line, column));
}
