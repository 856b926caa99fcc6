import { describe, expect, it } from "vitest";
import { ConfigError } from "../../emulator/errors.ts";
import { FaultList } from "../../emulator/faults/fault-list.ts";
import { activeFault, faultOf } from "./faults.ts";

const drop = (more: object = {}) => ({ type: "drop_frames", ...more });
const chancesOf = (value: object, seed: number) => {
  const active = activeFault(value, seed);
  return Array.from({ length: 200 }, () => active.strike());
};

describe("a fault in force", () => {
  it("strikes always, or never", () => {
    expect(new Set(chancesOf(drop(), 1))).toEqual(new Set([true]));
    expect(new Set(chancesOf(drop({ toxicity: 0 }), 1))).toEqual(new Set([false]));
  });

  it("strikes about as often as its toxicity says, the same with the same seed", () => {
    const strikes = chancesOf(drop({ toxicity: 0.3 }), 7).filter(Boolean).length;
    expect(strikes).toBeGreaterThan(40);
    expect(strikes).toBeLessThan(80);
    expect(chancesOf(drop({ toxicity: 0.3 }), 7)).toEqual(chancesOf(drop({ toxicity: 0.3 }), 7));
    expect(chancesOf(drop({ toxicity: 0.3 }), 7)).not.toEqual(chancesOf(drop({ toxicity: 0.3 }), 8));
  });

  it("is over when it has struck as often as it may", () => {
    const active = activeFault(drop({ count: 2 }));
    expect([active.strike(), active.isOver, active.strike(), active.isOver, active.strike()]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(active.strikes).toBe(2);
  });
});

describe("the list of faults", () => {
  it("keeps them by name, in their order, and tells of each change", () => {
    const faults = new FaultList(() => 5);
    let changes = 0;
    const stop = faults.onChange(() => {
      changes += 1;
    });
    faults.add(faultOf(drop({ name: "b" })));
    faults.add(faultOf(drop({ name: "a", seed: 9 })));
    expect(faults.all.map(({ fault, seed }) => [fault.name, seed])).toEqual([
      ["b", 5],
      ["a", 9],
    ]);
    expect([faults.remove("b"), faults.remove("b"), changes]).toEqual([true, false, 3]);
    stop();
    faults.clear();
    expect([faults.isEmpty, changes]).toEqual([true, 3]);
  });

  it("takes a name once, and a hundred faults", () => {
    const faults = new FaultList();
    faults.add(faultOf(drop()));
    expect(() => faults.add(faultOf(drop()))).toThrow(
      new ConfigError("There is a fault drop_frames_downstream already; give this one another name."),
    );
    for (let index = 1; index < 100; index += 1) faults.add(faultOf(drop({ name: `f${index}` })));
    expect(() => faults.add(faultOf(drop({ name: "more" })))).toThrow(
      "There are 100 faults already; remove some.",
    );
  });
});
