import type { Readable } from "node:stream";
import { extract, type Header, type Pack, pack } from "tar-stream";
import type { Layer } from "./image-layers.ts";
import { runTool } from "./run-tool.ts";

/** Begins the name of a file that stands for one that a layer takes away from the layers below it. */
const whiteout = ".wh.";
/** Stands for all that the layers below have in its folder. */
const opaqueWhiteout = ".wh..wh..opq";

/**
 * Unpacks a layer into an empty folder, so that links of other layers lead nowhere, and with an overlay's own signs for what
 * it takes away. Device files are left out: nodes have their own.
 * @throws ManagedNodeError
 * @see OCI image specification, "Image Layer Filesystem Changeset"; the kernel's overlayfs.rst, "whiteouts and opaque directories"
 */
export async function unpackLayer(layer: Layer, folder: string, asRoot: readonly string[]): Promise<void> {
  const opaque = asRoot.length === 0 ? "trusted.overlay.opaque" : "user.overlay.opaque";
  const input = (await hasWhiteouts(layer())) ? withOverlaySigns(layer(), opaque) : layer();
  await runTool(
    [
      ...[...asRoot, "tar", "--extract", "--file=-", `--directory=${folder}`],
      ...["--same-permissions", "--same-owner", "--numeric-owner", "--xattrs", "--xattrs-include=*"],
      ...["--exclude=dev/*", "--exclude=./dev/*"],
    ],
    { input },
  );
}

async function hasWhiteouts(layer: Readable): Promise<boolean> {
  for await (const entry of entriesOf(layer)) {
    if (splitName(entry.header).base.startsWith(whiteout)) return true;
    entry.resume();
  }
  return false;
}

function withOverlaySigns(layer: Readable, opaque: string): AsyncIterable<Uint8Array> {
  const output = pack();
  convert(layer, output, opaque).then(
    () => output.finalize(),
    (error: Error) => output.destroy(error),
  );
  return output as AsyncIterable<Uint8Array>;
}

async function convert(layer: Readable, output: Pack, opaque: string): Promise<void> {
  const folders = new Map<string, Header>();
  for await (const entry of entriesOf(layer)) {
    const { header } = entry;
    const { folder, base } = splitName(header);
    if (header.type === "directory") folders.set(header.name.replace(/\/$/, ""), header);
    if (base === opaqueWhiteout) {
      const known: Partial<Header> = folders.get(folder) ?? { name: folder, type: "directory", mode: 0o755 };
      output.entry(withAttributes(known, { [`SCHILY.xattr.${opaque}`]: "y" }));
      entry.resume();
    } else if (base.startsWith(whiteout)) {
      const name = [...(folder === "" ? [] : [folder]), base.slice(whiteout.length)].join("/");
      output.entry({ name, type: "character-device", devmajor: 0, devminor: 0, mode: 0 });
      entry.resume();
    } else {
      // Attributes are bytes, of which only their text has come through.
      await pass(entry as AsyncIterable<Uint8Array>, output.entry(withAttributes(header, {})));
    }
  }
}

function withAttributes(header: Partial<Header>, pax: Readonly<Record<string, string>>): Header {
  return { ...header, pax: Object.keys(pax).length === 0 ? null : pax } as Header;
}

async function pass(from: AsyncIterable<Uint8Array>, to: NodeJS.WritableStream | undefined): Promise<void> {
  for await (const chunk of from) {
    if (to?.write(chunk) === false) await new Promise((resolve) => to.once("drain", resolve));
  }
  to?.end();
}

function entriesOf(layer: Readable) {
  const entries = extract();
  layer.on("error", (error) => entries.destroy(error)).pipe(entries);
  return entries;
}

function splitName({ name }: Header): { readonly folder: string; readonly base: string } {
  const path = name.replace(/\/$/, "");
  const slash = path.lastIndexOf("/");
  return { folder: path.slice(0, Math.max(0, slash)), base: path.slice(slash + 1) };
}
