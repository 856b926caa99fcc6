import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter } from "node:path";
import { type Emulator, startEmulator } from "../app.ts";
import type { Config } from "../config.ts";
import type { Seed } from "../seed/seed-schema.ts";
import { emulatorOptions } from "./emulator-options.ts";
import {
  foreignVariables,
  personaCredentials,
  proxyVariables,
  trustVariables,
} from "./persona-environment.ts";
import { ownPluginFolder } from "./plugin-on-path.ts";
import { shutdownTimeoutMs } from "./start.ts";

export interface ExecOptions {
  /** Whom the command calls as. */
  readonly as: string;
  /** Through the proxy under AWS's own host names instead of an endpoint. */
  readonly awsHosts: boolean;
  /** The command and its arguments. */
  readonly command: readonly string[];
}

/**
 * Runs a command against an emulator that lives as long as the command does, and takes over its exit code as shells do.
 * @throws ConfigError or ManagedNodeError when the emulator cannot start, and ConfigError for an unknown persona; then
 * the command is not run
 */
export async function exec(config: Config, seed: Seed, options: ExecOptions): Promise<void> {
  const { nodes, ...others } = emulatorOptions(config, seed);
  const emulator = await startEmulator({
    ...others,
    nodes: { ...nodes, owner: "exec", temporary: true },
    keepNodes: false,
  });
  // Until here a signal just ends us: temporary nodes end with their process, however it ends.
  using runner = new CommandRunner();
  try {
    const environment = await commandEnvironment(emulator, options);
    process.exitCode = await runner.run(options.command, environment);
  } finally {
    // Even an engine that hangs does not keep the exit code back.
    setTimeout(() => process.exit(process.exitCode ?? 1), shutdownTimeoutMs).unref();
    await emulator.close().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  }
}

async function commandEnvironment(
  emulator: Emulator,
  { as, awsHosts }: ExecOptions,
): Promise<NodeJS.ProcessEnv> {
  const { url, caCertificatePath } = emulator;
  const lane = awsHosts
    ? { ...valuesOf(proxyVariables, url), ...valuesOf(trustVariables, caCertificatePath) }
    : { AWS_ENDPOINT_URL: url };
  const inherited = Object.entries(process.env).filter(([name]) => !leadsElsewhere(name, awsHosts));
  return {
    ...Object.fromEntries(inherited),
    ...(await personaCredentials({ endpoint: url, as })),
    ...lane,
    AWS_PAGER: "",
    SSM_EMULATOR_ENDPOINT: url,
    // Last, so that a plugin which is installed comes first.
    PATH: [process.env.PATH, ownPluginFolder].filter(Boolean).join(delimiter),
  };
}

/** Endpoints of single services come before the one of all; what is inherited of them could lead to AWS itself. */
function leadsElsewhere(name: string, awsHosts: boolean): boolean {
  return (
    foreignVariables.includes(name) ||
    name.startsWith("AWS_ENDPOINT_URL") ||
    ["AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "SSM_EMULATOR_PUBLIC_URL"].includes(
      name,
    ) ||
    (awsHosts && name === "SSL_CERT_DIR")
  );
}

function valuesOf(names: readonly string[], value: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** A terminal sends these to the command as well; the others reach us alone. */
const sharedSignals = ["SIGINT", "SIGQUIT"] as const;
const forwardedSignals = ["SIGTERM", "SIGHUP"] as const;

/** Runs one command in our place: until it is disposed of, no signal ends us before the command. */
class CommandRunner implements Disposable {
  #child: ChildProcess | undefined;
  #firstSignal: NodeJS.Signals | undefined;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.#firstSignal ??= signal;
    if (forwardedSignals.some((forwarded) => forwarded === signal)) this.#child?.kill(signal);
  };

  constructor() {
    for (const signal of [...sharedSignals, ...forwardedSignals]) process.on(signal, this.#onSignal);
  }

  [Symbol.dispose](): void {
    for (const signal of [...sharedSignals, ...forwardedSignals]) process.off(signal, this.#onSignal);
  }

  /** Resolves with the exit code. */
  async run([file = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    // A signal ahead of the command was meant for it.
    if (this.#firstSignal !== undefined) return exitCodeOf(null, this.#firstSignal);
    if (file === "") return cannotRun(file, "ENOENT");
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#child = spawn(file, args, { stdio: "inherit", env });
    this.#child.once("error", ({ code }: NodeJS.ErrnoException) => resolve(cannotRun(file, code)));
    this.#child.once("exit", (code, signal) => resolve(exitCodeOf(code, signal)));
    return promise;
  }
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** @see POSIX Shell Command Language, section 2.8.2 */
function cannotRun(file: string, code: string | undefined): number {
  const isMissing = code === "ENOENT";
  process.stderr.write(`${file}: ${isMissing ? "command not found" : `cannot be executed (${code})`}\n`);
  return isMissing ? 127 : 126;
}
