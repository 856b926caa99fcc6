import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import {
  SSMClient,
  StartSessionCommand,
  type StartSessionCommandInput,
  type StartSessionCommandOutput,
} from "@aws-sdk/client-ssm";
import type Docker from "dockerode";
import { connectDockerEngine } from "../../emulator/nodes/docker/docker-engine.ts";
import { ownerLabel } from "../../emulator/nodes/docker/node-container.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import type { MemoryUse, Ready } from "./emulator-process.ts";

/** Who opens the sessions, and whom Run As makes of her. */
const persona = "alice";
export const osUser = "my-os-user";
export const nodeId = "i-0a1b2c3d4e5f60718";
const region = "us-east-1";

/** Where a machine has no registry, the node image is built from this one. */
const localBaseImage = "ssm-emulator/al2023-standin:local";

/** A running emulator with one node, and what the peers need of it. */
export interface Lab extends AsyncDisposable {
  readonly url: string;
  /** From the start of the emulator's process until it has its node and listens. */
  readonly startedInMs: number;
  readonly container: Docker.Container;
  /** The environment of programs: the persona's keys, the emulator as endpoint. */
  readonly environment: Readonly<Record<string, string>>;
  startSession(request?: Omit<StartSessionCommandInput, "Target">): Promise<StartSessionCommandOutput>;
  memory(): Promise<MemoryUse>;
  /** Ends all sessions. */
  reset(): Promise<void>;
}

/** @param profileDirectory where the emulator leaves its CPU profile when it ends */
export async function openLab(profileDirectory: string | undefined): Promise<Lab> {
  const engine = await connectDockerEngine();
  const owner = `bench-${randomUUID().slice(0, 8)}`;
  const emulator = fork(join(import.meta.dirname, "emulator-process.ts"), {
    env: { ...process.env, BENCH_OWNER: owner, ...(await baseImage(engine)) },
    execArgv: [
      "--expose-gc",
      ...(profileDirectory === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDirectory}`]),
    ],
  });
  const exited = once(emulator, "exit");
  const answer = async <Answer>() => {
    const [message] = await Promise.race([once(emulator, "message"), exited.then(failed)]);
    return message as Answer;
  };
  const { url, startedInMs } = await answer<Ready>();
  const [node] = await engine.listContainers({ filters: { label: [`${ownerLabel}=${owner}`] } });
  const credentials = personaCredentials();
  const ssm = new SSMClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  return {
    url,
    startedInMs,
    container: engine.getContainer(node?.Id ?? ""),
    environment: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      DOCKER_HOST: process.env.DOCKER_HOST ?? "",
      TERM: "xterm-256color",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: url,
      AWS_PAGER: "",
    },
    startSession: (request) => ssm.send(new StartSessionCommand({ Target: nodeId, ...request })),
    memory() {
      emulator.send("measure memory");
      return answer<MemoryUse>();
    },
    async reset() {
      const response = await fetch(`${url}/_emulator/reset`, { method: "POST" });
      if (!response.ok) throw new Error(`The reset failed: ${await response.text()}`);
    },
    async [Symbol.asyncDispose]() {
      emulator.disconnect();
      await exited;
    },
  };
}

/** Words that start a shell in the node's container as the sessions' user. */
export function dockerExec(lab: Lab, options: "-i" | "-it"): string[] {
  return ["docker", "exec", options, "-u", osUser, "-e", "TERM=xterm-256color", lab.container.id, "sh"];
}

/** Words that start the stock plugin on a session, as the AWS CLI does. */
export function stockPlugin(lab: Lab, start: StartSessionCommandOutput): string[] {
  return ["session-manager-plugin", ...pluginArguments(lab, start)];
}

/** The same for the plugin that comes with the emulator. */
export function ownPlugin(lab: Lab, start: StartSessionCommandOutput): string[] {
  const program = join(import.meta.dirname, "../../emulator/plugin/main.ts");
  return [process.execPath, program, ...pluginArguments(lab, start)];
}

function pluginArguments(lab: Lab, start: StartSessionCommandOutput): string[] {
  const { SessionId, StreamUrl, TokenValue } = start;
  const response = JSON.stringify({ SessionId, StreamUrl, TokenValue });
  const parameters = JSON.stringify({ Target: nodeId });
  return [response, region, "StartSession", "", parameters, lab.url];
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

async function baseImage(engine: Docker): Promise<{ readonly BENCH_BASE_IMAGE?: string }> {
  const named = process.env.SSM_EMULATOR_NODE_BASE_IMAGE;
  if (named !== undefined) return { BENCH_BASE_IMAGE: named };
  return await engine
    .getImage(localBaseImage)
    .inspect()
    .then(
      () => ({ BENCH_BASE_IMAGE: localBaseImage }),
      () => ({}),
    );
}

/** The settings of an emulator whose nodes are built on this machine. */
export async function nodeImageVariables(): Promise<Record<string, string>> {
  const { BENCH_BASE_IMAGE } = await baseImage(await connectDockerEngine());
  return BENCH_BASE_IMAGE === undefined ? {} : { SSM_EMULATOR_NODE_BASE_IMAGE: BENCH_BASE_IMAGE };
}

function personaCredentials(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const key = builtInSeed.users.find(({ name }) => name === persona)?.accessKeys[0];
  if (key === undefined) throw new Error(`The seed has no key of ${persona}`);
  return { accessKeyId: key.id, secretAccessKey: key.secret };
}

function failed(): never {
  throw new Error("The emulator has ended");
}
