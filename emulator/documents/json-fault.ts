type Expected = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end" | "nothing";
type Token = "text" | "scalar" | "{" | "}" | "[" | "]" | ":" | ",";

const blank = /[ \t\r\n]*/y;
const token =
  /(?<text>"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|[{}[\]:,]/uy;

const mayFollow: Readonly<Record<Expected, readonly Token[]>> = {
  value: ["text", "scalar", "{", "["],
  "value or end": ["text", "scalar", "{", "[", "]"],
  key: ["text"],
  "key or end": ["text", "}"],
  colon: [":"],
  "comma or end": [",", "}", "]"],
  nothing: [],
};

/**
 * Where JSON text goes wrong: the offset of the first token that may not stand there, or the text's length when
 * it ends too early; undefined for well-formed text. The engine's own error does not always tell.
 * @see RFC 8259
 */
export function findJsonFault(json: string): number | undefined {
  const open: Token[] = [];
  let expected: Expected = "value";
  for (let offset = 0; ; offset = token.lastIndex) {
    blank.lastIndex = offset;
    blank.test(json);
    const start = blank.lastIndex;
    if (start === json.length) return expected === "nothing" ? undefined : start;

    token.lastIndex = start;
    const match = token.exec(json);
    if (match === null) return start;
    const found = match.groups?.text ? "text" : match.groups?.scalar ? "scalar" : (match[0] as Token);
    if (!mayFollow[expected].includes(found) || !pairs(open, found)) return start;
    expected = next(expected, found, open.at(-1));
  }
}

/** Keeps track of open brackets; false for one that closes another's. */
function pairs(open: Token[], found: Token): boolean {
  if (found === "{" || found === "[") open.push(found);
  if (found === "}") return open.pop() === "{";
  if (found === "]") return open.pop() === "[";
  return true;
}

function next(expected: Expected, found: Token, container: Token | undefined): Expected {
  if (found === "{") return "key or end";
  if (found === "[") return "value or end";
  if (found === ":") return "value";
  if (found === ",") return container === "{" ? "key" : "value";
  if (found === "text" && expected.startsWith("key")) return "colon";
  return container === undefined ? "nothing" : "comma or end";
}
