import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SSMClient } from "@aws-sdk/client-ssm";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/app.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import type { Seed } from "../../emulator/seed/seed-schema.ts";
import { testNodes } from "./engine.ts";

export const webNodeId = "i-0a1b2c3d4e5f60718";

export interface TestEmulator extends AsyncDisposable {
  readonly emulator: Emulator;
  /** Keys of root or a seeded user. */
  credentials(persona: string): { readonly accessKeyId: string; readonly secretAccessKey: string };
  ssm(persona: string): SSMClient;
  /** The environment of a program that is to act as that persona. */
  environment(persona: string): Record<string, string>;
}

/** An emulator in this process with nodes of its own, all gone when it goes out of scope. */
export async function startTestEmulator(
  options: Partial<Omit<EmulatorOptions, "seed">> & { readonly seed?: Partial<Seed> } = {},
): Promise<TestEmulator> {
  const seed: Seed = { ...builtInSeed, ...options.seed };
  const stateDirectory = await mkdtemp(join(tmpdir(), "ssm-emulator-test-"));
  const emulator = await startEmulator({
    host: "127.0.0.1",
    port: 0,
    tlsPort: undefined,
    stateDirectory,
    allowedHosts: [],
    verifySignatures: true,
    tunnelOtherHosts: false,
    service: {
      streamUrlForm: "auto",
      missingRunAsUserRefusedBy: "service",
      repeatedTerminate: "succeeds",
    },
    session: { startErrorDelayMs: 0, resumeGraceMs: 60_000 },
    nodes: seed.nodes.length === 0 ? { owner: "none" } : await testNodes(),
    keepNodes: false,
    logger: undefined,
    ...options,
    seed,
  });
  const credentials = (persona: string) => {
    const keys =
      persona === "root" ? seed.rootAccessKeys : seed.users.find(({ name }) => name === persona)?.accessKeys;
    const key = keys?.[0];
    if (key === undefined) throw new Error(`the seed has no key of ${persona}`);
    return { accessKeyId: key.id, secretAccessKey: key.secret };
  };
  return {
    emulator,
    credentials,
    ssm: (persona) =>
      new SSMClient({
        endpoint: emulator.url,
        region: seed.region,
        credentials: credentials(persona),
        maxAttempts: 1,
      }),
    environment: (persona) => ({
      PATH: process.env.PATH ?? "",
      HOME: stateDirectory,
      TERM: "xterm-256color",
      AWS_ACCESS_KEY_ID: credentials(persona).accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials(persona).secretAccessKey,
      AWS_DEFAULT_REGION: seed.region,
      AWS_REGION: seed.region,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_PAGER: "",
    }),
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}
