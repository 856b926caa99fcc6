import type Docker from "dockerode";
import { expect, vi } from "vitest";
import { DockerNode } from "../../emulator/nodes/docker/docker-node.ts";
import { EngineNode } from "../../emulator/nodes/engine-node.ts";
import { type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { testEngine } from "../helpers/engine.ts";
import * as helpers from "../helpers/on-node.ts";

export function engineNode(lab: TestEmulator, nodeId = webNodeId): EngineNode {
  const node = lab.emulator.nodes.get(nodeId);
  if (!(node instanceof EngineNode)) throw new Error(`${nodeId} is no node of an engine`);
  return node;
}

export function nodeContainer(lab: TestEmulator, nodeId = webNodeId): Docker.Container {
  const node = engineNode(lab, nodeId);
  if (!(node instanceof DockerNode)) throw new Error(`${nodeId} is no container`);
  return node.container;
}

/** What a shell's command prints on the node, run as root, without the last line break. @throws Error when it fails */
export async function onNode(lab: TestEmulator, command: string): Promise<string> {
  return await helpers.onNode(engineNode(lab), command);
}

/** Every process on the node but the one that looks, as `PID COMMAND LINE`, once its SSH server is there, which takes a second. */
export async function processesOn(lab: TestEmulator): Promise<string[]> {
  return await vi.waitFor(async () => {
    const processes = await listProcesses(lab);
    expect(processes.filter((line) => line.includes("sshd"))).toEqual([
      expect.stringMatching(/^\d+ sshd: .*\[listener\]/),
    ]);
    return processes;
  }, 10_000);
}

async function listProcesses(lab: TestEmulator): Promise<string[]> {
  const lines = (await onNode(lab, "exec ps -e -ww -o pid=,args=")).split("\n").map((line) => line.trim());
  // A node without an init takes its time to notice that a process has ended.
  const zombies = testEngine === "namespace" ? "<defunct>" : "no zombies";
  return lines.filter((line) => !line.includes("ps -e -ww") && !line.includes(zombies)).sort();
}
