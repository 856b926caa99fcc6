import { expect, it } from "vitest";
import { commandLimit } from "../../emulator/operations/command-limit.ts";

it.each([
  ["0", 50, 0],
  ["10", 50, 10],
  ["10%", 50, 5],
  ["10%", 9, 0],
  ["100%", 9, 9],
])("means by %s of %i nodes %i", (limit, nodes, expected) => {
  expect(commandLimit(limit, nodes)).toBe(expected);
});
