import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { EmulatorHandle } from "../../harness/emulator-handle.ts";
import { startEmulator } from "../../harness/start-emulator.ts";

const noNodes = { seed: { nodes: [] } } as const;

describe("an emulator in this process", () => {
  it("listens on a port of its own, and no longer after its end", async () => {
    await using first = await startEmulator(noNodes);
    await using second = await startEmulator(noNodes);
    expect(first.url).not.toBe(second.url);
    await first.close();
    await expect(EmulatorHandle.connect(first.url)).rejects.toThrow("No emulator answers");
  });

  it("takes its account from a seed file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "ssm-emulator-seed-"));
    try {
      const file = join(directory, "lab.yaml");
      await writeFile(file, "account: '123456789012'\nusers:\n  - name: carol\nnodes: []\n");
      await using emulator = await startEmulator({ seed: file });
      expect(emulator.accountId).toBe("123456789012");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("takes what the options do not say from variables", async () => {
    vi.stubEnv("SSM_EMULATOR_REGION", "eu-west-1");
    try {
      await using emulator = await startEmulator(noNodes);
      expect((await EmulatorHandle.connect(emulator.url)).region).toBe("eu-west-1");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("goes on without the user's directory where that cannot be used", async () => {
    await using emulator = await startEmulator({ ...noNodes, stateDirectory: "/dev/null/state" });
    expect(emulator.caCertificatePath.startsWith(tmpdir())).toBe(true);
  });

  it("lets time pass, and comes back to the present with the seed", async () => {
    const start = Date.UTC(2026, 0, 2);
    const clock = { now: () => start, at: () => () => {} };
    await using emulator = await startEmulator({ ...noNodes, clock, verifySignatures: false });
    const now = async () => {
      const response = await fetch(new URL("/_emulator/clock", emulator.url));
      return ((await response.json()) as { now: number }).now;
    };
    await emulator.advance("20m");
    await emulator.advance(1_500);
    expect(await now()).toBe(start + 20 * 60_000 + 1_500);
    await emulator.reset();
    expect(await now()).toBe(start);
  });
});
