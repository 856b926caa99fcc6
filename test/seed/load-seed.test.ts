import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../emulator/errors.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import { loadSeed } from "../../emulator/seed/load-seed.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "load-seed-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("loadSeed", () => {
  it("takes the built-in seed without a file", async () => {
    expect(await loadSeed(undefined)).toBe(builtInSeed);
  });

  it("reads a file", async () => {
    const file = join(directory, "seed.yaml");
    await writeFile(file, "region: eu-north-1");
    expect((await loadSeed(file)).region).toBe("eu-north-1");
  });

  it("refuses a file that is too large without reading all of it", async () => {
    const file = join(directory, "large.yaml");
    await writeFile(file, Buffer.alloc(2 * 1_024 * 1_024, "#"));
    await expect(loadSeed(file)).rejects.toThrow(`${file}:1:1: expected at most 1048576 bytes`);
  });

  it.each(["missing.yaml", "."])("refuses %s, naming it", async (name) => {
    const file = join(directory, name);
    await expect(loadSeed(file)).rejects.toThrow(ConfigError);
    await expect(loadSeed(file)).rejects.toThrow(`${file}: expected a seed file, found: `);
  });
});
