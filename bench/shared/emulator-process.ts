/**
 * The emulator in a process of its own, so that it shares no event loop with those who measure it. It talks to its parent:
 * `ready` out; `measure memory` in, {@link MemoryUse} out; it ends with its parent.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator/app.ts";
import { builtInSeed } from "../../emulator/seed/built-in-seed.ts";
import type { NodeSettings } from "./nodes.ts";

export interface MemoryUse {
  /** Bytes that are in use after a garbage collection. */
  readonly heapUsed: number;
  /** Bytes that the process occupies. */
  readonly rss: number;
}

export interface Ready {
  readonly url: string;
  /** Milliseconds from the call of startEmulator(), and from the process's start. */
  readonly readyInMs: { readonly call: number; readonly process: number };
}

const { BENCH_NODES } = process.env;
const nodes = JSON.parse(BENCH_NODES ?? "{}") as NodeSettings;
const stateDirectory = await mkdtemp(join(tmpdir(), "ssm-emulator-bench-"));
const calledAt = performance.now();
const emulator = await startEmulator({
  seed: BENCH_NODES === undefined ? { ...builtInSeed, nodes: [] } : builtInSeed,
  host: "127.0.0.1",
  port: 0,
  tlsPort: undefined,
  stateDirectory,
  allowedHosts: [],
  verifySignatures: true,
  tunnelOtherHosts: false,
  service: { streamUrlForm: "auto", missingRunAsUserRefusedBy: "service", repeatedTerminate: "succeeds" },
  session: { startErrorDelayMs: 0, resumeGraceMs: 60_000 },
  nodes,
  keepNodes: false,
  logger: undefined,
});
const readyInMs = { call: performance.now() - calledAt, process: performance.now() };

process.on("message", () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  process.send?.({ heapUsed, rss } satisfies MemoryUse);
});
process.on("disconnect", () => {
  emulator
    .close()
    .then(() => rm(stateDirectory, { recursive: true, force: true }))
    .finally(() => process.exit());
});
// An interrupt reaches us, too; the parent's end says when.
process.on("SIGINT", () => {});
process.send?.({ url: emulator.url, readyInMs } satisfies Ready);
