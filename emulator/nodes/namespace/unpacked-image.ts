import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ManagedNodeError } from "../../errors.ts";
import { nodeError } from "../node-error.ts";
import { findLayers } from "./image-layers.ts";
import { runTool } from "./run-tool.ts";
import { unpackLayer } from "./unpack-layer.ts";

/** What the root of a node is laid over. */
export interface RootTree {
  readonly folder: string;
  /** Folders in it, `.` for itself, the uppermost first, as an overlay's `lowerdir` has them. */
  readonly layers: string;
}

/** This machine's own programs. */
export const machineTree: RootTree = { folder: "/", layers: "" };

export interface UnpackOptions {
  /** Where unpacked images are kept for the next time. */
  readonly cacheDirectory: string;
  /** Words before a program that is to run as the nodes' root. */
  readonly asRoot: readonly string[];
  readonly onProgress?: ((line: string) => void) | undefined;
}

/**
 * An image as folders: itself if it is one, else what is in the archive, which is unpacked once.
 * @param path a folder with a root file system, or an archive: of one, of `docker save`, or of an OCI layout
 * @throws ManagedNodeError when there is no such image, or it cannot be unpacked
 */
export async function unpackedImage(path: string, options: UnpackOptions): Promise<RootTree> {
  const image = resolve(path);
  const facts = await stat(image).catch((cause: unknown) => {
    throw nodeError(
      `There is no image ${image}. With the namespace engine an image is a folder or an archive ` +
        "(a tar file, what `docker save` writes, or an OCI layout), not a name",
      cause,
    );
  });
  if (facts.isDirectory()) return await rootFolder(image);
  const ofImage = hash(image);
  const name = `${ofImage}-${hash(`${facts.size} ${facts.mtimeMs} ${options.asRoot.length > 0}`)}`;
  const folder = join(options.cacheDirectory, name);
  const found = await layersIn(folder);
  if (found !== undefined) return { folder, layers: found };
  try {
    await mkdir(options.cacheDirectory, { recursive: true, mode: 0o755 });
    await removeOlder(options, ofImage);
    options.onProgress?.(`Unpacking ${basename(image)}, once`);
    return { folder, layers: await unpack(image, folder, options) };
  } catch (cause) {
    throw nodeError(`The image ${image} could not be unpacked`, cause);
  }
}

/** Several emulators may unpack at once: the first one's result counts. */
async function unpack(image: string, folder: string, options: UnpackOptions): Promise<string> {
  const part = `${folder}.${randomUUID()}`;
  try {
    await mkdir(part, { mode: 0o755 });
    const layers = await findLayers(image);
    for (const [index, layer] of layers.entries()) {
      const layerFolder = join(part, String(index));
      await mkdir(layerFolder, { mode: 0o755 });
      await unpackLayer(layer, layerFolder, options.asRoot);
    }
    await rename(part, folder);
  } catch (cause) {
    if ((await layersIn(folder)) === undefined) throw cause;
  } finally {
    await remove(part, options);
  }
  const layers = await layersIn(folder);
  if (layers === undefined) throw new ManagedNodeError("it holds no files", { cause: image });
  return layers;
}

/** The uppermost layer has the highest number. */
async function layersIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return undefined;
  return names
    .map(Number)
    .sort((one, other) => other - one)
    .join(":");
}

async function rootFolder(folder: string): Promise<RootTree> {
  const found = await stat(join(folder, "bin")).catch(() => undefined);
  if (found?.isDirectory()) return { folder, layers: "." };
  const reason = "it has no bin";
  throw new ManagedNodeError(`The folder ${folder} is not the root of a system: ${reason}`, {
    cause: reason,
  });
}

/** What the same archive was when it was another. */
async function removeOlder(options: UnpackOptions, ofImage: string): Promise<void> {
  const names = await readdir(options.cacheDirectory);
  const older = names.filter((name) => name.startsWith(`${ofImage}-`) && !name.includes("."));
  for (const name of older) await remove(join(options.cacheDirectory, name), options);
}

/** Its files may be owned by ids of the nodes' user namespace. */
async function remove(folder: string, { asRoot }: UnpackOptions): Promise<void> {
  await runTool([...asRoot, "rm", "-rf", "--", folder]).catch(() => undefined);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
