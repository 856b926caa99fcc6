import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: process.env.CI ? ["default", ["json", { outputFile: ".vitest.json" }]] : ["default"],
    projects: [
      {
        test: {
          name: "unit",
          testTimeout: 30_000,
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/nodes/**"],
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "test/nodes/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
