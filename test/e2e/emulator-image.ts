import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { testBaseImage } from "../helpers/docker.ts";

const run = promisify(execFile);

/** The emulator's own image, as the pages have it built. */
export const emulatorImage = "ssm-emulator/emulator:local";

/** Where a machine has no registry, the images are built from those that `scripts/make-standin.sh` has made. */
export async function standInImages(): Promise<Record<string, string>> {
  const nodeBaseImage = await testBaseImage();
  if (nodeBaseImage === undefined) return {};
  return {
    DOCKER_BUILDKIT: "0",
    SSM_EMULATOR_NODE_BASE_IMAGE: nodeBaseImage,
    SSM_EMULATOR_NODEJS_IMAGE: "ssm-emulator/nodejs-standin:local",
  };
}

/** Builds it from this checkout; what has not changed comes from the engine's cache. */
export async function buildEmulatorImage(): Promise<void> {
  const env = { ...process.env, ...(await standInImages()) };
  const base = env.SSM_EMULATOR_NODEJS_IMAGE;
  await run(
    "docker",
    [
      ...["build", "--tag", emulatorImage, "--file", "containers/emulator/Dockerfile"],
      ...(base === undefined ? [] : ["--build-arg", `BASE_IMAGE=${base}`]),
      ".",
    ],
    { cwd: join(import.meta.dirname, "../.."), env, maxBuffer: 16 * 1024 * 1024 },
  );
}
