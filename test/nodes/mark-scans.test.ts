import { expect, it } from "vitest";
import { MarkScans } from "../../emulator/nodes/mark-scans.ts";

function scansThat(answer: (marks: readonly string[]) => Promise<void>) {
  const scans: string[] = [];
  const marks = new MarkScans(async (signal, wanted) => {
    scans.push(`${signal} ${wanted.join(" ")}`);
    await answer(wanted);
    return wanted.flatMap((mark) => [
      { mark, state: "S" },
      { mark, state: "Z" },
    ]);
  });
  return { marks, scans };
}

it("scans for marks wait for the one that goes on, and are one for each signal then", async () => {
  const first = Promise.withResolvers<void>();
  const { marks, scans } = scansThat((wanted) => (wanted.includes("1") ? first.promise : Promise.resolve()));
  const one = marks.signal("0", "1");
  await Promise.resolve();
  await Promise.resolve();
  const others = [marks.signal("0", "2"), marks.signal("0", "3"), marks.signal("SIGKILL", "4")];
  expect(scans).toEqual(["0 1"]);
  first.resolve();
  expect(await one).toEqual(["S", "Z"]);
  expect(await Promise.all(others)).toEqual([
    ["S", "Z"],
    ["S", "Z"],
    ["S", "Z"],
  ]);
  expect(scans).toEqual(["0 1", "0 2 3", "SIGKILL 4"]);
});

it("a scan for marks that fails fails for those it was for", async () => {
  const { marks } = scansThat(async (wanted) => {
    if (wanted.includes("1")) throw new Error("lost");
  });
  const lost = marks.signal("0", "1");
  await expect(lost).rejects.toThrow("lost");
  expect(await marks.signal("0", "2")).toEqual(["S", "Z"]);
});
