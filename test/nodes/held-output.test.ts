import { expect, it } from "vitest";
import { HeldOutput } from "../../emulator/nodes/held-output.ts";

it("held output waits at first, and while it is paused, and keeps its order", () => {
  const held = new HeldOutput();
  const done: number[] = [];
  const put = (number: number) => held.put(() => done.push(number));
  put(1);
  expect(done).toEqual([]);
  held.resume();
  put(2);
  held.pause();
  put(3);
  expect(done).toEqual([1, 2]);
  held.resume();
  expect(done).toEqual([1, 2, 3]);
});

it("held output stops at a step that pauses it, and one that resumes it does not overtake", () => {
  const held = new HeldOutput();
  const done: string[] = [];
  held.put(() => {
    held.resume();
    done.push("first");
  });
  held.put(() => {
    held.pause();
    done.push("second");
  });
  held.put(() => done.push("third"));
  held.resume();
  expect(done).toEqual(["first", "second"]);
});
