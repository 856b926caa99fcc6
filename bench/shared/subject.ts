import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  SSMClient,
  StartSessionCommand,
  type StartSessionCommandInput,
  type StartSessionCommandOutput,
} from "@aws-sdk/client-ssm";
import { compiledCodeFolder } from "../../emulator/compiled-code.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import type { MemoryUse, Ready } from "./emulator-process.ts";
import type { NodeSettings } from "./nodes.ts";

/** Who opens the sessions. */
const persona = "alice";
/** The seed's first node. */
export const nodeId = "i-0a1b2c3d4e5f60718";
/** The seed's. */
export const region = "us-east-1";

/** A running emulator with one node, whatever engine plays it. */
export interface Subject extends AsyncDisposable {
  readonly url: string;
  readonly readyInMs: Ready["readyInMs"];
  /** The environment of programs: the persona's keys, the emulator as endpoint. */
  readonly environment: Readonly<Record<string, string>>;
  startSession(request?: Omit<StartSessionCommandInput, "Target">): Promise<StartSessionCommandOutput>;
  memory(): Promise<MemoryUse>;
  /** Ends all sessions. */
  reset(): Promise<void>;
}

/** Starts an emulator. @param nodes undefined: it has none @param profileDirectory where the emulator leaves its CPU profile when it ends */
export async function openSubject(
  nodes: NodeSettings | undefined,
  profileDirectory: string | undefined,
): Promise<Subject> {
  const emulator = fork(join(import.meta.dirname, "emulator-process.ts"), {
    env: {
      ...process.env,
      ...(compiledCodeFolder !== undefined && { NODE_COMPILE_CACHE: compiledCodeFolder }),
      ...(nodes !== undefined && { BENCH_NODES: JSON.stringify(nodes) }),
    },
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
  const { url, readyInMs } = await answer<Ready>();
  const credentials = personaCredentials();
  const ssm = new SSMClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  return {
    url,
    readyInMs,
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

function personaCredentials(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const key = builtInSeed.users.find(({ name }) => name === persona)?.accessKeys[0];
  if (key === undefined) throw new Error(`The seed has no key of ${persona}`);
  return { accessKeyId: key.id, secretAccessKey: key.secret };
}

function failed(): never {
  throw new Error("The emulator has ended");
}
