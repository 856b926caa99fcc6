import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const withNodes = {
  include: ["test/e2e/**/*.test.ts", "test/nodes/**/*.test.ts"],
  testTimeout: 60_000,
  hookTimeout: 120_000,
  fileParallelism: false,
};

/** Where `scripts/make-standin.sh` leaves unpacked trees: the root of nodes that are made of namespaces, and a database. */
const standIns = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "ssm-emulator");
const tree = join(standIns, "al2023-standin");
const namespaceImage: Record<string, string> = existsSync(tree) ? { SSM_EMULATOR_NODE_IMAGE: tree } : {};

export default defineConfig({
  test: {
    reporters: process.env.CI ? ["default", ["json", { outputFile: ".vitest.json" }]] : ["default"],
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          testTimeout: 30_000,
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/nodes/**"],
        },
      },
      {
        test: {
          ...withNodes,
          name: "docker",
          sequence: { groupOrder: 1 },
          exclude: ["test/nodes/namespace/**"],
          env: { SSM_EMULATOR_NODE_ENGINE: "docker" },
        },
      },
      {
        test: {
          ...withNodes,
          name: "namespace",
          sequence: { groupOrder: 2 },
          exclude: ["test/nodes/docker/**", "test/e2e/{compose,testcontainers}.test.ts"],
          env: { SSM_EMULATOR_NODE_ENGINE: "namespace", SSM_EMULATOR_STANDINS: standIns, ...namespaceImage },
        },
      },
    ],
  },
});
