import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { type Header, pack } from "tar-stream";

/** A file of a layer: its text, or what it is otherwise. */
export type LayerFile = string | Partial<Header>;

/** A tar file of these files, by name. */
export async function tarOf(files: Readonly<Record<string, LayerFile | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, file] of Object.entries(files)) {
    if (typeof file === "string" || Buffer.isBuffer(file)) archive.entry({ name }, file);
    else if (file.type === "file") archive.entry({ name, ...file }, "");
    else archive.entry({ name, ...file });
  }
  archive.finalize();
  return await buffer(archive as AsyncIterable<Uint8Array>);
}

/** What `docker save` writes of an image with these layers. */
export async function savedImage(path: string, layers: readonly Buffer[]): Promise<void> {
  const names = layers.map((_layer, index) => `layer${index}/layer.tar`);
  await writeFile(
    path,
    await tarOf({
      "manifest.json": JSON.stringify([{ Config: "c.json", RepoTags: null, Layers: names }]),
      ...Object.fromEntries(names.map((name, index) => [name, layers[index] ?? Buffer.alloc(0)])),
    }),
  );
}

/** An OCI layout of an image with these layers, for several architectures. */
export async function ociImage(path: string, layers: readonly Buffer[]): Promise<void> {
  const blobs: Record<string, Buffer> = {};
  const add = (bytes: Buffer) => {
    const digest = createHash("sha256").update(bytes).digest("hex");
    blobs[`blobs/sha256/${digest}`] = bytes;
    return `sha256:${digest}`;
  };
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const manifest = (of: readonly Buffer[]) =>
    add(json({ layers: of.map((layer) => ({ digest: add(layer) })) }));
  const other = process.arch === "arm64" ? "amd64" : "arm64";
  const here = process.arch === "x64" ? "amd64" : process.arch;
  const index = add(
    json({
      manifests: [
        { digest: manifest([]), platform: { os: "linux", architecture: other } },
        { digest: manifest(layers), platform: { os: "linux", architecture: here } },
      ],
    }),
  );
  const layout = {
    "oci-layout": '{"imageLayoutVersion":"1.0.0"}',
    "index.json": json({ manifests: [{ digest: index }] }),
  };
  await writeFile(path, await tarOf({ ...blobs, ...layout }));
}
