import { expect, it } from "vitest";
import { formatGoValue } from "../../emulator/documents/go-value.ts";

it.each([
  [{}, "map[]"],
  [{ b: "x", a: { c: true } }, "map[a:map[c:true] b:x]"],
  [["x", "y z"], "[x y z]"],
  [null, "<nil>"],
  [1.5, "1.5"],
])("prints %j as Go does", (value, text) => {
  expect(formatGoValue(value)).toBe(text);
});
