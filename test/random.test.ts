import { expect, it } from "vitest";
import { systemRandomness } from "../emulator/random.ts";

it.each([
  ["hex", /^[0-9a-f]*$/],
  ["base32", /^[A-Z2-7]*$/],
  ["base64", /^[A-Za-z0-9+/]*$/],
] as const)("%s has the length and alphabet asked for", (name, alphabet) => {
  for (const length of [0, 1, 16, 17, 64]) {
    const text = systemRandomness[name](length);
    expect(text).toHaveLength(length);
    expect(text).toMatch(alphabet);
  }
});

it.each(["hex", "base32", "base64"] as const)("%s repeats nothing and leaves out no character", (name) => {
  const texts = Array.from({ length: 200 }, () => systemRandomness[name](40));
  expect(new Set(texts).size).toBe(texts.length);
  expect(new Set(texts.join("")).size).toBe({ hex: 16, base32: 32, base64: 64 }[name]);
});

it("uuid is a version 4 UUID in lower case", () => {
  expect(systemRandomness.uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
