import { describe, expect, it } from "vitest";
import { fillPlaceholders, findPlaceholders } from "../../../harness/scenario/placeholders.ts";

const input = {
  Target: "$" + "{node.web-1}",
  Filters: [{ value: "a$" + "{account}b" }],
  Version: "$LATEST",
  Max: 5,
};

describe("placeholders", () => {
  it("are found wherever a text is", () => {
    expect(findPlaceholders(input)).toEqual([
      { path: ["Target"], name: "node.web-1" },
      { path: ["Filters", 0, "value"], name: "account" },
    ]);
  });

  it("are filled in, and nothing else changes", () => {
    expect(fillPlaceholders(input, (name) => `<${name}>`)).toEqual({
      Target: "<node.web-1>",
      Filters: [{ value: "a<account>b" }],
      Version: "$LATEST",
      Max: 5,
    });
  });
});
