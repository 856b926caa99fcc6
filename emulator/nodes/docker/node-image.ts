import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { nodeError, statusOf } from "../node-error.ts";

/** The image of nodes that name none; built on the engine at first use. */
export const defaultNodeImage = "ssm-emulator/al2023:local";

const buildContext = new URL("../../../containers/al2023/", import.meta.url);

export interface NodeImageOptions {
  readonly image: string;
  /** The Dockerfile's `BASE_IMAGE`; undefined: Amazon Linux 2023 from its public registry. */
  readonly baseImage?: string | undefined;
  /** Lines of a build or a pull, as it goes. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

/**
 * Makes sure that an image is on the engine: the default one is built when it is missing, others are pulled.
 * @throws ManagedNodeError
 */
export async function ensureNodeImage(engine: Docker, options: NodeImageOptions): Promise<void> {
  if (await hasImage(engine, options.image)) return;
  if (options.image === defaultNodeImage) await buildNodeImage(engine, options);
  else await pullNodeImage(engine, options);
}

async function hasImage(engine: Docker, image: string): Promise<boolean> {
  try {
    await engine.getImage(image).inspect();
    return true;
  } catch (cause) {
    if (statusOf(cause) === 404) return false;
    throw nodeError(`The engine did not say whether it has the image ${image}`, cause);
  }
}

async function buildNodeImage(engine: Docker, options: NodeImageOptions): Promise<void> {
  try {
    const context = pack();
    context.entry({ name: "Dockerfile" }, await readFile(new URL("Dockerfile", buildContext), "utf8"));
    context.finalize();
    const buildargs = options.baseImage === undefined ? {} : { BASE_IMAGE: options.baseImage };
    await finished(
      engine,
      await engine.buildImage(Readable.from(context), { t: options.image, buildargs }),
      options,
    );
  } catch (cause) {
    throw nodeError(
      `The node image could not be built. Build it by hand (docker build -t ${options.image} containers/al2023), ` +
        "or set SSM_EMULATOR_NODE_BASE_IMAGE to an image that the engine has, where the public registry is out of reach",
      cause,
    );
  }
}

async function pullNodeImage(engine: Docker, options: NodeImageOptions): Promise<void> {
  try {
    await finished(engine, await engine.pull(options.image), options);
  } catch (cause) {
    throw nodeError(
      `The node image ${options.image} is not on the engine and could not be pulled. Build or pull it first`,
      cause,
    );
  }
}

interface ProgressEvent {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

function finished(engine: Docker, stream: NodeJS.ReadableStream, options: NodeImageOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let failure: string | undefined;
  engine.modem.followProgress(
    stream,
    (error) => {
      if (error) reject(error);
      else if (failure !== undefined) reject(new Error(failure));
      else resolve();
    },
    (event: ProgressEvent) => {
      failure ??= event.error;
      const line = (event.stream ?? event.status ?? event.error ?? "").trimEnd();
      if (line !== "") options.onProgress?.(line);
    },
  );
  return promise;
}
