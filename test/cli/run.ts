import fastify from "fastify";
import { vi } from "vitest";
import { runCli } from "../../emulator/cli/cli.ts";
import type { ExplainOptions } from "../../emulator/http/admin/explain.ts";
import { adminApi } from "../../emulator/http/admin-api.ts";
import type { AccountState } from "../../emulator/operations/ports/account-state.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { adminOptions } from "../http/admin-options.ts";

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process. */
export async function run(...args: readonly string[]): Promise<Outcome> {
  let [out, err] = ["", ""];
  const onOut = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  const onErr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += text;
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await runCli(["node", "ssm-emulator", ...args]);
    return { exitCode: Number(process.exitCode ?? 0), out, err };
  } finally {
    process.exitCode = before;
    onOut.mockRestore();
    onErr.mockRestore();
  }
}

/** The admin API of an emulator, as the commands find it. */
export interface ServedAdminApi extends AsyncDisposable {
  readonly endpoint: string;
  readonly state: AccountState;
  readonly resets: () => number;
}

export async function serveAdminApi(explain: Partial<ExplainOptions> = {}): Promise<ServedAdminApi> {
  const state = createMemoryState();
  const app = fastify({ forceCloseConnections: true });
  let resets = 0;
  const reset = async () => {
    resets += 1;
  };
  const options = adminOptions({ state: () => state, reset });
  await app.register(adminApi, { ...options, explain: { ...options.explain, ...explain } });
  const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    endpoint,
    state,
    resets: () => resets,
    [Symbol.asyncDispose]: () => app.close(),
  };
}
