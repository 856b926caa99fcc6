import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "../../emulator/documents/json-fault.ts";

describe("findJsonFault", () => {
  it.each([
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{"a": 1 "b": 2}', 8],
    ["{a: 1}", 1],
    ['{"a": [1, 2}', 11],
    ['{"a": truex}', 10],
    ['{"a": 01}', 7],
    ['{"a": "x', 6],
    ['{"a": 1', 7],
    ["", 0],
    ["{} {}", 3],
    ['["\t"]', 1],
  ])("finds the fault of %j at offset %i", (json, offset) => {
    expect(findJsonFault(json)).toBe(offset);
  });

  it("finds none in any JSON text", () => {
    fc.assert(fc.property(fc.json(), (json) => findJsonFault(json) === undefined));
  });

  it("agrees with the engine on damaged JSON text", () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom("", '"', "{", "]", ",", ":", "\\", "1", "e", " "))
      .map(
        ([json, at, put]) => `${json.slice(0, at % json.length)}${put}${json.slice((at % json.length) + 1)}`,
      );
    fc.assert(fc.property(damaged, (json) => (findJsonFault(json) === undefined) === isJson(json)));
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
