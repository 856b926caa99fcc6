import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { connectDockerEngine } from "../../../emulator/nodes/docker/docker-engine.ts";
import { defaultNodeImage, ensureNodeImage } from "../../../emulator/nodes/docker/node-image.ts";

describe("building the node image", () => {
  it("sends the Dockerfile with its base image, and tells the progress", async () => {
    await using engine = await openFakeEngine([{ stream: "Step 1/4\n" }, { stream: "done\n" }]);
    const lines: string[] = [];
    await ensureNodeImage(await connectDockerEngine(engine.address), {
      image: defaultNodeImage,
      baseImage: "some-base:1",
      onProgress: (line) => lines.push(line),
    });
    expect(lines).toEqual(["Step 1/4", "done"]);
    expect(engine.builds).toHaveLength(1);
    const query = new URL(engine.builds[0]?.url ?? "", "http://engine").searchParams;
    expect(query.get("t")).toBe(defaultNodeImage);
    expect(JSON.parse(query.get("buildargs") ?? "")).toEqual({ BASE_IMAGE: "some-base:1" });
    expect(engine.builds[0]?.body).toMatch(/^Dockerfile\0.*FROM \$\{BASE_IMAGE\}/s);
  });

  it("ends a failed build in one error that says what to do", async () => {
    await using engine = await openFakeEngine([{ stream: "Step 1/4\n" }, { error: "no such base" }]);
    const built = ensureNodeImage(await connectDockerEngine(engine.address), { image: defaultNodeImage });
    await expect(built).rejects.toThrow(
      `The node image could not be built. Build it by hand (docker build -t ${defaultNodeImage} containers/al2023), ` +
        "or set SSM_EMULATOR_NODE_BASE_IMAGE to an image that the engine has, where the public registry is out of reach: no such base",
    );
  });
});

/** An engine without images that answers every build with these events. */
async function openFakeEngine(events: readonly object[]) {
  const directory = await mkdtemp(join(tmpdir(), "fake-engine-"));
  const path = join(directory, "docker.sock");
  const builds: { url: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === "/_ping") return response.end("OK");
    if (!request.url?.startsWith("/build")) return response.writeHead(404).end('{"message":"no such image"}');
    builds.push({ url: request.url, body: await text(request) });
    return response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  });
  await once(server.listen(path), "listening");
  return {
    address: `unix://${path}`,
    builds,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await rm(directory, { recursive: true });
    },
  };
}
