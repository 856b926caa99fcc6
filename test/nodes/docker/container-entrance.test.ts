import type Docker from "dockerode";
import { describe, expect, it, vi } from "vitest";
import { containerEntrance, containerFiles } from "../../../emulator/nodes/docker/container-entrance.ts";
import { openDockerFleet } from "../../helpers/docker.ts";
import { describeOnEngine } from "../../helpers/engine.ts";

const withSandbox = (SandboxKey: string) =>
  ({ NetworkSettings: { SandboxKey } }) as Docker.ContainerInspectInfo;

describe("the way into a container's network", () => {
  it.each([
    { of: "an engine on another machine", sandbox: "/var/run/docker/netns/0123456789ab" },
    { of: "a machine's own network", sandbox: "/var/run/docker/netns/default" },
    { of: "a container that is not running", sandbox: "" },
  ])("is none to $of", async ({ sandbox }) => {
    expect(await containerEntrance(withSandbox(sandbox))).toBeUndefined();
  });
});

describeOnEngine("docker", "the way into a node's network", () => {
  it("is there for root, and for nobody else", async () => {
    await using test = await openDockerFleet();
    const info = await test.container.inspect();
    using uid = vi.spyOn(process, "getuid").mockReturnValue(0);
    expect(await containerEntrance(info)).toEqual([
      "nsenter",
      `--net=${info.NetworkSettings.SandboxKey}`,
      "--",
    ]);
    uid.mockReturnValue(1000);
    expect(await containerEntrance(info)).toBeUndefined();
  });
});

describe("the way to a container's files", () => {
  const running = { State: { Pid: 4711 } } as Docker.ContainerInspectInfo;
  const stopped = { State: { Pid: 0 } } as Docker.ContainerInspectInfo;

  it("is there for root while the container runs, and for nobody else", () => {
    using uid = vi.spyOn(process, "getuid").mockReturnValue(0);
    expect([running, stopped].map(containerFiles)).toEqual(["/proc/4711/root", undefined]);
    uid.mockReturnValue(1000);
    expect(containerFiles(running)).toBeUndefined();
  });
});
