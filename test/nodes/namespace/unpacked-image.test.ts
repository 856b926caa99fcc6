import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type RootTree, unpackedImage } from "../../../emulator/nodes/namespace/unpacked-image.ts";
import { describeWithNodes } from "../../helpers/engine.ts";
import { savedImage, tarOf } from "./image-archives.ts";

const run = promisify(execFile);

describeWithNodes("an image for nodes of namespaces", () => {
  let folder: string;
  let cacheDirectory: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
    cacheDirectory = join(folder, "images");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const unpack = (image: string, onProgress = vi.fn()) =>
    unpackedImage(image, { cacheDirectory, asRoot: [], onProgress });

  /** What a node would see, as `ls -R` lists it. */
  async function seen({ folder: tree, layers }: RootTree): Promise<string[]> {
    const script = `cd ${tree} && mount -n -t overlay -o ro,lowerdir=${layers}:/mnt overlay /tmp && cd /tmp && find . -type f | sort`;
    const { stdout } = await run("unshare", ["--mount", "--propagation", "private", "sh", "-c", script]);
    return stdout.trim().split("\n");
  }

  async function saved(...layers: readonly Parameters<typeof tarOf>[0][]): Promise<string> {
    const path = join(folder, "image.tar");
    await savedImage(path, await Promise.all(layers.map(tarOf)));
    return path;
  }

  it("is what its layers make together: what one takes away is gone, what it hides is hidden", async () => {
    const image = await saved(
      { "bin/sh": "1", "etc/kept": "1", "etc/gone": "1", "opt/old/a": "1", "opt/old/b": "1" },
      { "etc/.wh.gone": "", "opt/old/": { type: "directory" }, "opt/old/.wh..wh..opq": "", "opt/old/c": "2" },
      { "etc/new": "3" },
    );
    expect(await seen(await unpack(image))).toEqual(["./bin/sh", "./etc/kept", "./etc/new", "./opt/old/c"]);
  });

  it("keeps owners, rights and links, and no devices", async () => {
    const image = await saved({
      "bin/sudo": { mode: 0o4755, uid: 0, gid: 0, type: "file", size: 0 },
      "home/ann/file": { mode: 0o600, uid: 1234, gid: 1235, type: "file", size: 0 },
      "bin/sh": { type: "symlink", linkname: "bash" },
      "dev/sda": { type: "block-device", devmajor: 8, devminor: 0 },
    });
    const { folder: tree } = await unpack(image);
    const { mode, uid, gid } = await stat(join(tree, "0/home/ann/file"));
    expect([mode & 0o7777, uid, gid]).toEqual([0o600, 1234, 1235]);
    expect((await stat(join(tree, "0/bin/sudo"))).mode & 0o7777).toBe(0o4755);
    expect(await readdir(join(tree, "0/dev")).catch(() => [])).toEqual([]);
  });

  it("cannot reach out of itself by a link of another layer", async () => {
    const secret = join(folder, "secret");
    await writeFile(secret, "mine");
    const image = await saved(
      { "bin/sh": "1", out: { type: "symlink", linkname: folder } },
      { "out/secret": "theirs", "out/.wh.image.tar": "" },
    );
    await unpack(image);
    expect(await readFile(secret, "utf8")).toBe("mine");
    expect(await readdir(folder)).toContain("image.tar");
  });

  it("is unpacked once, and again when the archive is another", async () => {
    const onProgress = vi.fn();
    const image = await saved({ "bin/sh": "1" });
    const first = await unpack(image, onProgress);
    expect(await unpack(image, onProgress)).toEqual(first);
    expect(onProgress).toHaveBeenCalledExactlyOnceWith("Unpacking image.tar, once");
    await saved({ "bin/sh": "22" });
    await utimes(image, 1, 1);
    const second = await unpack(image, onProgress);
    expect(onProgress).toHaveBeenCalledTimes(2);
    expect(await readdir(cacheDirectory)).toEqual([second.folder.slice(cacheDirectory.length + 1)]);
  });

  it("is unpacked by several at once", async () => {
    const image = await saved({ "bin/sh": "1" });
    const trees = await Promise.all([unpack(image), unpack(image), unpack(image)]);
    expect(new Set(trees.map((tree) => tree.folder)).size).toBe(1);
    expect(await readdir(cacheDirectory)).toHaveLength(1);
  });

  it("leaves nothing of one that breaks off", async () => {
    const image = await saved({ "bin/sh": "x".repeat(100_000) });
    await writeFile(image, (await readFile(image)).subarray(0, 50_000));
    await expect(unpack(image)).rejects.toThrow(/image.tar could not be unpacked: /);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  it("is a folder as it stands", async () => {
    const tree = join(folder, "tree");
    await run("mkdir", ["-p", join(tree, "bin")]);
    expect(await unpack(tree)).toEqual({ folder: tree, layers: "." });
  });
});
