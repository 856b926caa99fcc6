import { describe, expect, it } from "vitest";
import { didYouMean } from "../../emulator/yaml-file/did-you-mean.ts";

const known = ["start", "run", "type", "alice", "on"];

describe("didYouMean", () => {
  it.each([
    ["strat", " (did you mean start?)"],
    ["starts", " (did you mean start?)"],
    ["Alice", " (did you mean alice?)"],
    ["alcie", " (did you mean alice?)"],
    ["tpye", " (did you mean type?)"],
    ["rn", " (did you mean run?)"],
    ["in", " (did you mean on?)"],
    ["at", ""],
    ["launch", ""],
    ["", ""],
  ])("for %j says %j", (found, hint) => {
    expect(didYouMean(found, known)).toBe(hint);
  });

  it("takes the closest of several", () => {
    expect(didYouMean("stop", ["start", "stoop", "shop"])).toBe(" (did you mean stoop?)");
  });
});
