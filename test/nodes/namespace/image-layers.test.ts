import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManagedNodeError } from "../../../emulator/errors.ts";
import { findLayers } from "../../../emulator/nodes/namespace/image-layers.ts";
import { ociImage, savedImage, tarOf } from "./image-archives.ts";

describe("the layers of an archive", () => {
  let folder: string;
  let layers: Buffer[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ssm-emulator-layers-"));
    layers = [await tarOf({ "bin/sh": "below" }), await tarOf({ "bin/sh": "above" })];
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function contents(path: string): Promise<Buffer[]> {
    return await Promise.all((await findLayers(path)).map((layer) => buffer(layer())));
  }

  it("are the archive itself where it is no image's", async () => {
    const path = join(folder, "plain.tar");
    const [plain = Buffer.alloc(0)] = layers;
    await writeFile(path, plain);
    expect(await contents(path)).toEqual([plain]);
    await writeFile(path, gzipSync(plain));
    expect(await contents(path)).toEqual([plain]);
  });

  it("are those of `docker save`, the lowest first", async () => {
    const path = join(folder, "saved.tar");
    await savedImage(path, layers);
    expect(await contents(path)).toEqual(layers);
  });

  it("are those for this machine in an OCI layout, however they are compressed", async () => {
    const path = join(folder, "oci.tar");
    const [below = Buffer.alloc(0), above = Buffer.alloc(0)] = layers;
    await ociImage(path, [gzipSync(below), zstdCompressSync(above)]);
    expect(await contents(path)).toEqual(layers);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["two images", { "manifest.json": '[{"Layers":[]},{"Layers":[]}]' }, /holds 2 images, not one/],
    ["a manifest that is none", { "manifest.json": "[nonsense" }, /manifest is no JSON/],
    [
      "a missing manifest",
      { "index.json": '{"manifests":[{"digest":"sha256:00"}]}' },
      /sha256:00 is missing/,
    ],
  ])("cannot be told of %s", async (_what, files, message) => {
    const path = join(folder, "bad.tar");
    await writeFile(path, await tarOf(files));
    const layersOf = findLayers(path);
    await expect(layersOf).rejects.toThrow(message);
    await expect(layersOf).rejects.toBeInstanceOf(ManagedNodeError);
  });

  it("fail to be read when one is missing", async () => {
    const path = join(folder, "lacking.tar");
    await writeFile(path, await tarOf({ "manifest.json": '[{"Layers":["gone.tar"]}]' }));
    const [layer] = await findLayers(path);
    await expect(buffer(layer?.() ?? Readable.from([]))).rejects.toThrow(/gone.tar is missing/);
  });
});
