import type Docker from "dockerode";
import { DockerNode } from "../../emulator/nodes/docker/docker-node.ts";
import { type TestEmulator, webNodeId } from "../helpers/emulator.ts";

export function nodeContainer(lab: TestEmulator, nodeId = webNodeId): Docker.Container {
  const node = lab.emulator.nodes.get(nodeId);
  if (!(node instanceof DockerNode)) throw new Error(`${nodeId} is no container`);
  return node.container;
}

/** What a shell's command prints on the node, run as root, without the last line break. @throws Error when it fails */
export async function onNode(lab: TestEmulator, command: string): Promise<string> {
  const exec = await nodeContainer(lab).exec({
    Cmd: ["sh", "-c", command],
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of await exec.start({ Tty: true })) chunks.push(Buffer.from(chunk as Uint8Array));
  const output = Buffer.concat(chunks).toString().replaceAll("\r\n", "\n").replace(/\n$/, "");
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`\`${command}\` ended with ${ExitCode}: ${output}`);
  return output;
}

/** Every process on the node but the one that looks, as `PID COMMAND LINE`. */
export async function processesOn(lab: TestEmulator): Promise<string[]> {
  const lines = (await onNode(lab, "exec ps -e -ww -o pid=,args=")).split("\n").map((line) => line.trim());
  return lines.filter((line) => !line.includes("ps -e -ww")).sort();
}
