import { createReadStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { ManagedNodeError } from "../../errors.ts";

const maxManifestBytes = 4 * 1024 * 1024;

/** A tar file of files, read anew each time. */
export type Layer = () => Readable;

/**
 * The layers of an image, the lowest first. An archive that is no image's is itself the one layer.
 * @throws ManagedNodeError for an image whose layers cannot be told
 * @see OCI image specification, "Image Layout"; moby `image/tarexport`, which writes `manifest.json`
 */
export async function findLayers(archive: string): Promise<readonly Layer[]> {
  const documents = await readDocuments(archive);
  const names = layerNames(documents);
  if (names === undefined) return [() => decompressed(createReadStream(archive))];
  return names.map((name) => () => entryOf(archive, name));
}

/** The small files of an image that say what the large ones are, by name. */
type Documents = ReadonlyMap<string, string>;

function layerNames(documents: Documents): readonly string[] | undefined {
  const saved = documents.get("manifest.json");
  if (saved !== undefined) return one(parse(saved) as readonly SavedImage[]).Layers;
  const index = documents.get("index.json");
  return index === undefined ? undefined : ociLayers(parse(index) as OciManifest, documents);
}

interface SavedImage {
  readonly Layers: readonly string[];
}

interface OciManifest {
  /** Of an index. */
  readonly manifests?: readonly OciDescriptor[];
  /** Of an image. */
  readonly layers?: readonly OciDescriptor[];
}

interface OciDescriptor {
  readonly digest: string;
  readonly platform?: { readonly architecture: string; readonly os: string };
}

/** Node's names of architectures, where they are not those of images. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64" };

function ociLayers(manifest: OciManifest, documents: Documents): readonly string[] {
  if (manifest.layers !== undefined) return manifest.layers.map(({ digest }) => blobName(digest));
  const here = architectures[process.arch] ?? process.arch;
  const candidates = (manifest.manifests ?? []).filter(
    ({ platform }) => platform === undefined || platform.architecture === here,
  );
  const { digest } = one(candidates);
  const inner = documents.get(blobName(digest));
  if (inner === undefined) throw imageError(`${digest} is missing`);
  return ociLayers(parse(inner) as OciManifest, documents);
}

function one<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined || items.length > 1) throw imageError(`it holds ${items.length} images, not one`);
  return first;
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ManagedNodeError("the image's manifest is no JSON", { cause });
  }
}

function imageError(reason: string): ManagedNodeError {
  return new ManagedNodeError(`the image is not as it should be: ${reason}`, { cause: reason });
}

/** Documents are told by their names, blobs by how they begin. */
async function readDocuments(archive: string): Promise<Documents> {
  const documents = new Map<string, string>();
  await eachEntry(archive, async (header, content) => {
    const name = entryName(header);
    const isDocument = name === "manifest.json" || name === "index.json" || name.startsWith("blobs/");
    if (!isDocument || (header.size ?? 0) > maxManifestBytes) return "skip";
    const bytes = await buffer(content);
    if (bytes[0] === "{".charCodeAt(0) || bytes[0] === "[".charCodeAt(0))
      documents.set(name, bytes.toString());
    return "go-on";
  });
  return documents;
}

/** The content of one entry, decompressed. */
function entryOf(archive: string, name: string): Readable {
  const output = new PassThrough();
  const found = eachEntry(archive, async (header, content) => {
    if (entryName(header) !== name) return "skip";
    for await (const chunk of content) {
      if (!output.write(chunk)) await new Promise((resolve) => output.once("drain", resolve));
    }
    output.end();
    return "stop";
  });
  found.then(
    () => output.writableEnded || output.destroy(imageError(`${name} is missing`)),
    (error: Error) => output.destroy(error),
  );
  return decompressed(output);
}

type Verdict = "go-on" | "skip" | "stop";

async function eachEntry(
  archive: string,
  visit: (header: Header, content: Readable) => Promise<Verdict>,
): Promise<void> {
  const entries = extract();
  const source = decompressed(createReadStream(archive));
  source.on("error", (error) => entries.destroy(error)).pipe(entries);
  try {
    for await (const entry of entries) {
      const verdict = await visit(entry.header, Readable.from(entry));
      if (verdict === "stop") return;
      if (verdict === "skip") entry.resume();
    }
  } finally {
    source.destroy();
  }
}

function entryName({ name }: Header): string {
  return name.replace(/^\.\//, "");
}

const gzipMagic = [0x1f, 0x8b];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** What a stream is without the compression that its first bytes tell of. */
function decompressed(source: Readable): Readable {
  const output = new PassThrough();
  const fail = (error: Error) => output.destroy(error);
  source.on("error", fail).once("readable", () => {
    const head: Buffer = source.read() ?? Buffer.alloc(0);
    source.unshift(head);
    const begins = (magic: readonly number[]) => magic.every((byte, index) => head[index] === byte);
    const decoder = begins(gzipMagic)
      ? createGunzip()
      : begins(zstdMagic)
        ? createZstdDecompress()
        : undefined;
    if (decoder === undefined) source.pipe(output);
    else source.pipe(decoder).on("error", fail).pipe(output);
  });
  return output;
}
