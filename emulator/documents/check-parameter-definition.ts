import { goPattern } from "./go-pattern.ts";
import { isObject, isTextList, kindOf } from "./json-value.ts";
import { type ParameterDefinition, parameterTypes } from "./session-document.ts";

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === "string" ? undefined : `a string, got ${kindOf(value)}`);
const textList: Check = (value) =>
  isTextList(value) ? undefined : `an array of strings, got ${kindOf(value)}`;
const count: Check = (value) =>
  Number.isInteger(Number(value)) && (typeof value === "number" || typeof value === "string")
    ? undefined
    : `a whole number, got ${JSON.stringify(value)}`;

/** What each member has to be; says what was expected when it is not. */
const members: Readonly<Record<string, Check>> = {
  type: (value) =>
    parameterTypes.some((type) => type === value)
      ? undefined
      : `one of ${parameterTypes.join(", ")}, got ${JSON.stringify(value) ?? "nothing"}`,
  description: text,
  default: (value) => (isTextList(value) ? undefined : text(value)),
  allowedPattern: (value) =>
    text(value) ??
    (goPattern(String(value)) ? undefined : `a regular expression, got ${JSON.stringify(value)}`),
  allowedValues: textList,
  minChars: count,
  maxChars: count,
  minItems: count,
  maxItems: count,
  displayType: text,
  interpolationType: text,
};

/**
 * Checks one entry of a session document's `parameters`; the answer names the first member that is wrong.
 * @see AWS Systems Manager user guide, "Session document schema"
 */
export function checkParameterDefinition(path: string, value: unknown): string | undefined {
  if (!isObject(value)) return `${path}: expected an object, got ${kindOf(value)}.`;
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(members, name));
  if (unknown !== undefined) return `${path}.${unknown} is not a member of a parameter.`;
  for (const [name, check] of Object.entries(members)) {
    if (value[name] === undefined && name !== "type") continue;
    const expected = check(value[name]);
    if (expected !== undefined) return `${path}.${name}: expected ${expected}.`;
  }
  return undefined;
}

/** Reads an entry that {@link checkParameterDefinition} found nothing wrong with. */
export function readParameterDefinition(value: unknown): ParameterDefinition {
  const member = isObject(value) ? value : {};
  const textOf = (name: string) => (typeof member[name] === "string" ? member[name] : undefined);
  const numberOf = (name: string) => (member[name] === undefined ? undefined : Number(member[name]));
  return {
    type: member.type === "StringList" ? "StringList" : "String",
    description: textOf("description"),
    default: isTextList(member.default) ? member.default : textOf("default"),
    allowedPattern: textOf("allowedPattern"),
    allowedValues: isTextList(member.allowedValues) ? member.allowedValues : undefined,
    minChars: numberOf("minChars"),
    maxChars: numberOf("maxChars"),
  };
}
