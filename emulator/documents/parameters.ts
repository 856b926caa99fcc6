import { goPattern } from "./go-pattern.ts";
import { isObject } from "./json-value.ts";
import { type AgentReading, readAsAgent } from "./read-as-agent.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { ParameterDefinition, SessionDocumentContent } from "./session-document.ts";

/** Values by parameter name: text for String, a list for StringList. */
type ParameterValues = ReadonlyMap<string, string | readonly string[]>;

const placeholder = /\{\{\s*([a-zA-Z0-9]+)\s*\}\}/g;
const wholePlaceholder = /^\{\{\s*([a-zA-Z0-9]+)\s*\}\}$/;
/** Left for the agent, which asks Parameter Store. */
const storePlaceholder = /\{\{ *ssm:[/\w.:-]+ *\}\}/;

/**
 * Checks StartSession's `Parameters` against the document and puts them in their places in properties and inputs.
 * @see agent-behaviour reference, section 2.5; aws-api reference, section 2.1, "Bad parameter for a document"
 * @unverified Code and texts of the refusals; a StartSession with each kind of bad parameter would settle them.
 */
export function bindParameters(
  content: SessionDocumentContent,
  given: Readonly<Record<string, readonly string[]>>,
): AgentReading | Refusal {
  const values = new Map<string, string | readonly string[]>();
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(content.parameters, name));
  if (unknown !== undefined) return refuse("InvalidParameters", `Unknown parameter ${unknown}.`);

  for (const [name, definition] of Object.entries(content.parameters)) {
    const texts = Object.hasOwn(given, name) ? given[name] : undefined;
    const problem = texts === undefined ? undefined : findProblem(texts, definition);
    if (problem !== undefined) return refuse("InvalidParameters", `Parameter ${name} ${problem}.`);
    const value = texts === undefined ? definition.default : definition.type === "String" ? texts[0] : texts;
    if (value === undefined) return refuse("InvalidParameters", `Parameter ${name} is required.`);
    values.set(name, value);
  }
  return readWithValues(content, values);
}

/** Says what is wrong with a given value: the service looks at all of the definition, the agent at the pattern only. */
function findProblem(texts: readonly string[], definition: ParameterDefinition): string | undefined {
  const {
    type,
    allowedPattern,
    allowedValues,
    minChars = 0,
    maxChars = Number.POSITIVE_INFINITY,
  } = definition;
  if (type === "String" && texts.length !== 1) return `takes one value, got ${texts.length}`;
  for (const text of texts) {
    const got = `got ${JSON.stringify(text)}`;
    if (!matches(text, allowedPattern)) return `must match the pattern ${allowedPattern}, ${got}`;
    if (allowedValues?.includes(text) === false) return `must be one of ${allowedValues.join(", ")}, ${got}`;
    if (text.length < minChars) return `must have at least ${minChars} characters, ${got}`;
    if (text.length > maxChars) return `must have at most ${maxChars} characters, ${got}`;
  }
  return undefined;
}

/** A pattern need not match all of the text unless it is anchored. */
function matches(text: string, allowedPattern: string | undefined): boolean {
  return (
    allowedPattern === undefined || allowedPattern === "" || goPattern(allowedPattern)?.test(text) === true
  );
}

function readWithValues(content: SessionDocumentContent, values: ParameterValues): AgentReading {
  for (const [name, { allowedPattern }] of Object.entries(content.parameters)) {
    const texts = [values.get(name) ?? []].flat();
    if (texts.every((text) => matches(text, allowedPattern))) continue;
    return { type: "unparsable", reason: `default of parameter ${name} does not match its allowedPattern` };
  }
  const replace = (members: Readonly<Record<string, unknown>>) => replaceInside(members, values);
  const bound = { ...content, inputs: replace(content.inputs), properties: replace(content.properties) };
  if (storePlaceholder.test(JSON.stringify([bound.inputs, bound.properties]))) {
    return { type: "unparsable", reason: "Parameter Store is not emulated: {{ssm:…}} cannot be resolved" };
  }
  return readAsAgent(bound);
}

function replaceInside(members: Readonly<Record<string, unknown>>, values: ParameterValues) {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, replace(value, values)]));
}

function replace(value: unknown, values: ParameterValues): unknown {
  if (typeof value === "string") return replaceInText(value, values);
  if (Array.isArray(value)) return value.map((item) => replace(item, values));
  return isObject(value) ? replaceInside(value, values) : value;
}

/**
 * One pass, so a value that looks like a placeholder stays. Text that is nothing but a placeholder becomes the value
 * itself; inside longer text a list becomes JSON, and `$$` in a value becomes `$`.
 * @see amazon-ssm-agent `agent/framework/docparser/parameters/parameters.go`, ReplaceParameters
 */
function replaceInText(text: string, values: ParameterValues): string | readonly string[] {
  const whole = values.get(wholePlaceholder.exec(text)?.[1] ?? "");
  if (whole !== undefined) return whole;
  return text.replace(placeholder, (asWritten, name: string) => {
    const value = values.get(name);
    if (value === undefined) return asWritten;
    return (typeof value === "string" ? value : JSON.stringify(value)).replaceAll("$$", () => "$");
  });
}
