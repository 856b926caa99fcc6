import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../emulator/clock.ts";
import { ConfigError } from "../../emulator/errors.ts";
import { type FleetOptions, openFleet } from "../../emulator/nodes/open-fleet.ts";
import { newOwner, testNode } from "../helpers/docker.ts";
import { describeOnEngine } from "../helpers/engine.ts";

const nobody = "unix:///nonexistent/docker.sock";
const tree = process.env.SSM_EMULATOR_NODE_IMAGE;
const common = { nodes: [testNode], clock: systemClock, stateDirectory: "/nonexistent" };

async function chosen(
  options: Partial<FleetOptions>,
): Promise<{ engine: string | undefined; reason: string | undefined }> {
  const { fleet, reason } = await openFleet({ ...common, owner: newOwner(), ...options });
  await fleet.close({ remove: true });
  return { engine: fleet.engine, reason };
}

describeOnEngine("docker", "the engine that is chosen", () => {
  it("is Docker where one answers", async () => {
    expect(await chosen({})).toEqual({ engine: "docker", reason: "a Docker engine answers" });
  });

  it("is Docker, or none, for who names one", async () => {
    await expect(chosen({ dockerHost: nobody })).rejects.toThrow(/^No Docker engine answers at unix:/);
    await expect(chosen({ engine: "docker", dockerHost: nobody })).rejects.toThrow(
      /^No Docker engine answers/,
    );
  });
});

describeOnEngine("namespace", "the engine that is chosen", () => {
  let home: string | undefined;
  beforeAll(async () => {
    home = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = nobody;
  });
  afterAll(() => {
    if (home === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = home;
  });

  it("is namespaces where no Docker engine answers", async () => {
    expect(await chosen({})).toEqual({ engine: "namespace", reason: "no Docker engine answers" });
  });

  it("is namespaces for an image that is a path", async () => {
    expect(await chosen({ image: tree })).toEqual({
      engine: "namespace",
      reason: `the image ${tree} is a file or folder`,
    });
  });

  it("needs no reason where it was asked for", async () => {
    expect(await chosen({ engine: "namespace" })).toEqual({ engine: "namespace", reason: undefined });
  });

  it("has its own networks", async () => {
    const opening = chosen({ engine: "namespace", network: "my-network" });
    await expect(opening).rejects.toThrow(
      'SSM_EMULATOR_NODE_NETWORK: with the namespace engine expected one of bridge, none, host, found "my-network"',
    );
    await expect(opening).rejects.toBeInstanceOf(ConfigError);
  });

  it("says of a name of an image that it wants a path", async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
    const opening = chosen({ engine: "namespace", image: "ssm-emulator/al2023:local", stateDirectory });
    await expect(opening).rejects.toThrow(/There is no image .*not a name/);
    await rm(stateDirectory, { recursive: true });
  });
});
