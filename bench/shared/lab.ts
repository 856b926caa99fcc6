import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { StartSessionCommandOutput } from "@aws-sdk/client-ssm";
import type Docker from "dockerode";
import { connectDockerEngine } from "../../emulator/nodes/docker/docker-engine.ts";
import { ownerLabel } from "../../emulator/nodes/docker/node-container.ts";
import { nodeSettings } from "./nodes.ts";
import { nodeId, openSubject, region, type Subject } from "./subject.ts";

/** Whom Run As makes of who opens the sessions. */
export const osUser = "my-os-user";

/** An emulator whose node is a container, and what the peers need of it. */
export interface Lab extends Subject {
  readonly container: Docker.Container;
}

/** Starts one. @param profileDirectory where the emulator leaves its CPU profile when it ends */
export async function openLab(profileDirectory: string | undefined): Promise<Lab> {
  const nodes = await nodeSettings("docker");
  const subject = await openSubject(nodes, profileDirectory);
  const engine = await connectDockerEngine();
  const filters = { label: [`${ownerLabel}=${nodes.owner}`] };
  const [node] = await engine.listContainers({ filters });
  return { ...subject, container: engine.getContainer(node?.Id ?? "") };
}

/** Words that start a shell in the node's container as the sessions' user. */
export function dockerExec(lab: Lab, options: "-i" | "-it"): string[] {
  return ["docker", "exec", options, "-u", osUser, "-e", "TERM=xterm-256color", lab.container.id, "sh"];
}

/** Words that start the stock plugin on a session, as the AWS CLI does. */
export function stockPlugin(subject: Subject, start: StartSessionCommandOutput): string[] {
  return ["session-manager-plugin", ...pluginArguments(subject, start)];
}

/** The same for the plugin that comes with the emulator. */
export function ownPlugin(subject: Subject, start: StartSessionCommandOutput): string[] {
  const program = join(import.meta.dirname, "../../emulator/plugin/main.ts");
  return [process.execPath, program, ...pluginArguments(subject, start)];
}

function pluginArguments(subject: Subject, start: StartSessionCommandOutput): string[] {
  const { SessionId, StreamUrl, TokenValue } = start;
  const response = JSON.stringify({ SessionId, StreamUrl, TokenValue });
  const parameters = JSON.stringify({ Target: nodeId });
  return [response, region, "StartSession", "", parameters, subject.url];
}

/** Words that open a session as a person does. */
export const awsStartSession = ["aws", "ssm", "start-session", "--target", nodeId];

/** What of the stock client this machine has. */
export const stockClient = {
  hasPlugin: isOnPath("session-manager-plugin"),
  hasCli: isOnPath("session-manager-plugin") && isOnPath("aws"),
};

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
