import { type TSchema, Type } from "typebox";
import { ServiceException } from "../errors.ts";
import { mapValue } from "./member-rules.ts";

/** How lists stand in a form: `Tags.member.1.Key` (iam, sts) or `Filter.1.Name` (ec2). */
export type ListStyle = "member" | "flattened";

/** A form's parameters by the dots in their names. */
interface FormNode {
  value: string | undefined;
  readonly children: Map<string, FormNode>;
}

/** Deeper names than any in an API model; whatever they mean, no schema asks for it. */
const maxDepth = 16;

/**
 * Reads an input out of a form as its schema says: numbers and booleans from text, lists in the order of their indices.
 * @throws ServiceException when the text is not of the member's type
 * @see aws-api reference, sections 1.3 and 1.4, "Lists"
 */
export function decodeForm(form: URLSearchParams, schema: TSchema, lists: ListStyle): unknown {
  const root = emptyNode();
  for (const [name, value] of form) {
    const steps = name.split(".", maxDepth + 1);
    if (steps.length <= maxDepth) descend(root, steps).value ??= value;
  }
  return decodeNode(root, schema, lists, "");
}

function emptyNode(): FormNode {
  return { value: undefined, children: new Map() };
}

function descend(root: FormNode, steps: readonly string[]): FormNode {
  let node = root;
  for (const step of steps) {
    const child = node.children.get(step) ?? emptyNode();
    node.children.set(step, child);
    node = child;
  }
  return node;
}

function decodeNode(node: FormNode, schema: TSchema, lists: ListStyle, name: string): unknown {
  if (Type.IsObject(schema)) {
    return Object.fromEntries(
      Object.entries(schema.properties).flatMap(([member, memberSchema]) => {
        const child = node.children.get(member);
        return child === undefined ? [] : [[member, decodeNode(child, memberSchema, lists, member)]];
      }),
    );
  }
  if (Type.IsArray(schema)) {
    const items = lists === "member" ? node.children.get("member") : node;
    return inOrder(items).map((item) => decodeNode(item, schema.items, lists, name));
  }
  const valueSchema = mapValue(schema);
  if (valueSchema === undefined) return decodeScalar(node.value, schema, name);
  return Object.fromEntries(
    inOrder(node.children.get("entry")).map((entry) => [
      entry.children.get("key")?.value ?? "",
      decodeNode(entry.children.get("value") ?? emptyNode(), valueSchema, lists, name),
    ]),
  );
}

/** Indices count from one and may leave gaps. */
function inOrder(list: FormNode | undefined): readonly FormNode[] {
  return [...(list?.children ?? [])]
    .filter(([index]) => /^\d{1,9}$/.test(index))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, node]) => node);
}

function decodeScalar(text: string | undefined, schema: TSchema, name: string): unknown {
  if (text === undefined) return undefined;
  if (Type.IsInteger(schema) || Type.IsNumber(schema)) {
    const number = /^[+-]?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN;
    if (Type.IsInteger(schema) ? Number.isInteger(number) : Number.isFinite(number)) return number;
    throw malformed(text, name, "a number");
  }
  if (!Type.IsBoolean(schema)) return text;
  const lowerCase = text.toLowerCase();
  if (lowerCase !== "true" && lowerCase !== "false") throw malformed(text, name, "true or false");
  return lowerCase === "true";
}

/** @unverified Code and text; an answer recorded from sts for `DurationSeconds=x` would settle them. */
function malformed(text: string, name: string, wanted: string): ServiceException {
  return new ServiceException("MalformedInput", `Expected ${wanted} for '${name}', got '${text}'`);
}
