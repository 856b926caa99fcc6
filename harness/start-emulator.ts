import { access, constants, mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, startEmulator as startInProcess } from "../emulator/app.ts";
import { type Config, readConfig } from "../emulator/config.ts";
import { completeSeed, type SeedInput } from "./complete-seed.ts";
import { EmulatorHandle } from "./emulator-handle.ts";

/** What {@link startEmulator} can be told; everything has a default. */
export interface StartEmulatorOptions
  extends Partial<Omit<EmulatorOptions, "seed" | "nodes" | "service" | "session">> {
  /**
   * The account: sections that take the place of the built-in seed's, or the path of a YAML file. IAM users without
   * keys and nodes without an id get made-up ones.
   */
  readonly seed?: SeedInput | string;
  readonly nodes?: Partial<EmulatorOptions["nodes"]>;
  readonly service?: Partial<EmulatorOptions["service"]>;
  readonly session?: Partial<EmulatorOptions["session"]>;
}

/** An emulator in this process. */
export class LocalEmulator extends EmulatorHandle implements AsyncDisposable {
  /** The emulator itself, for what has no request. */
  readonly emulator: Emulator;
  readonly #close: () => Promise<void>;

  /** For {@link startEmulator}. */
  constructor(
    emulator: Emulator,
    options: { readonly accountId: string; readonly region: string; readonly close: () => Promise<void> },
  ) {
    super({ url: emulator.url, ...options });
    this.emulator = emulator;
    this.#close = options.close;
  }

  /** Certificate of the authority behind AWS's host names, for `AWS_CA_BUNDLE` and the like. */
  get caCertificatePath(): string {
    return this.emulator.caCertificatePath;
  }

  /** Ends all sessions, removes the nodes and stops listening. */
  close(): Promise<void> {
    return this.#close();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

/**
 * Starts an emulator in this process, on a free port, with nodes of its own that go with it. Variables named
 * `SSM_EMULATOR_…` count where the options say nothing.
 * @throws ConfigError for a wrong setting or seed; ManagedNodeError when a node cannot be had
 *
 * @example
 * await using emulator = await startEmulator({
 *   seed: {
 *     users: [{ name: "bob", tags: { SSMSessionRunAs: "os-test-user" } }],
 *     nodes: [{ name: "web-1", users: [{ name: "my-os-user" }] }],
 *   },
 * });
 * await using session = await emulator.startSession({ as: "bob" });
 */
export async function startEmulator(options: StartEmulatorOptions = {}): Promise<LocalEmulator> {
  const config = readConfig({ environment: process.env, homeDirectory: homedir() });
  const given = await completeSeed(options.seed ?? config.seed);
  const seed = {
    ...given,
    account: config.accountId ?? given.account,
    region: config.region ?? given.region,
  };
  const state = await openStateDirectory(options.stateDirectory ?? config.stateDir);
  const close = async (emulator?: Emulator) => {
    await emulator?.close();
    if (state.isTemporary) await rm(state.directory, { recursive: true, force: true });
  };
  try {
    const emulator = await startInProcess({
      ...emulatorOptions(config, options),
      seed,
      stateDirectory: state.directory,
    });
    return new LocalEmulator(emulator, {
      accountId: seed.account,
      region: seed.region,
      close: () => close(emulator),
    });
  } catch (error) {
    await close();
    throw error;
  }
}

function emulatorOptions(
  config: Config,
  { nodes, service, session, seed: _seed, ...options }: StartEmulatorOptions,
): Omit<EmulatorOptions, "seed" | "stateDirectory"> {
  return {
    host: "127.0.0.1",
    port: 0,
    tlsPort: undefined,
    allowedHosts: config.allowedHosts,
    verifySignatures: config.verifySignatures,
    tunnelOtherHosts: config.tunnelOtherHosts,
    keepNodes: false,
    logger: undefined,
    ...options,
    service: {
      streamUrlForm: config.streamUrl,
      missingRunAsUserRefusedBy: config.missingRunAsUserRefusedBy,
      repeatedTerminate: config.repeatedTerminate,
      ...service,
    },
    // Nobody learns from the wait; who tests it can have it.
    session: { startErrorDelayMs: 0, resumeGraceMs: config.resumeGraceMs, ...session },
    nodes: {
      owner: "harness",
      temporary: true,
      engine: config.nodeEngine,
      dockerHost: config.dockerHost,
      image: config.nodeImage,
      baseImage: config.nodeBaseImage,
      network: config.nodeNetwork,
      ...nodes,
    },
  };
}

/** The user's own directory, for its CA takes a while to make; where that cannot be used, one that goes at the end. */
async function openStateDirectory(
  directory: string,
): Promise<{ readonly directory: string; readonly isTemporary: boolean }> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return { directory, isTemporary: false };
  } catch {
    return { directory: await mkdtemp(join(tmpdir(), "ssm-emulator-")), isTemporary: true };
  }
}
