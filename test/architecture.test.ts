import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** Who may import whom below `emulator/`; a folder may always import itself. Files at the top are named by file. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "clock.ts": [],
  "advanceable-clock.ts": ["clock.ts", "errors.ts"],
  "deadline-timer.ts": ["clock.ts"],
  "duration.ts": [],
  "errors.ts": [],
  "iso-date.ts": ["clock.ts"],
  "random.ts": ["operations"],
  "config.ts": ["errors.ts"],
  protocol: ["errors.ts", "clock.ts", "iso-date.ts"],
  documents: ["errors.ts"],
  access: ["documents", "errors.ts"],
  session: ["protocol", "errors.ts", "clock.ts"],
  sessionlog: ["clock.ts", "iso-date.ts"],
  operations: ["access", "documents", "session", "errors.ts", "clock.ts", "iso-date.ts"],
  streams: ["session", "clock.ts", "deadline-timer.ts"],
  agent: [
    "access",
    "documents",
    "operations",
    "protocol",
    "session",
    "sessionlog",
    "streams",
    "errors.ts",
    "clock.ts",
    "deadline-timer.ts",
  ],
  nodes: ["access", "agent", "operations", "protocol", "errors.ts", "clock.ts"],
  store: ["access", "operations", "clock.ts"],
  client: ["protocol", "session", "streams", "errors.ts", "clock.ts", "deadline-timer.ts"],
  plugin: ["client", "documents"],
  "yaml-file": ["documents", "errors.ts"],
  faults: ["agent", "operations", "protocol", "yaml-file", "errors.ts", "clock.ts", "deadline-timer.ts"],
  seed: ["access", "documents", "operations", "yaml-file", "errors.ts", "clock.ts"],
  http: [
    "access",
    "agent",
    "faults",
    "operations",
    "protocol",
    "streams",
    "yaml-file",
    "errors.ts",
    "clock.ts",
    "duration.ts",
  ],
  cli: [
    "access",
    "app.ts",
    "client",
    "config.ts",
    "faults",
    "operations",
    "seed",
    "errors.ts",
    "duration.ts",
  ],
  "app.ts": [
    "advanceable-clock.ts",
    "agent",
    "faults",
    "http",
    "nodes",
    "operations",
    "seed",
    "store",
    "clock.ts",
    "errors.ts",
    "random.ts",
  ],
  "compiled-code.ts": [],
  "main.ts": ["cli", "compiled-code.ts"],
};

/** Pure folders reach nothing outside but these. */
const pureFolders = ["protocol", "session", "access", "documents", "sessionlog"];
const pureDependencies = ["node:buffer", "node:crypto", "re2js", "typebox", "yaml"];

const root = join(import.meta.dirname, "..", "emulator");

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, source: readFileSync(join(root, file), "utf8") }));

function layerOf(file: string): string {
  return file.split("/")[0] ?? file;
}

function importsOf(source: string): readonly string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

describe("architecture", () => {
  it("lets each folder import only the folders below it", () => {
    const violations = files.flatMap(({ file, source }) => {
      const layer = layerOf(file);
      const allowed = mayImport[layer] ?? [];
      return importsOf(source)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => relative(root, join(root, dirname(file), specifier)))
        .filter(
          (target) =>
            !target.startsWith("..") && layerOf(target) !== layer && !allowed.includes(layerOf(target)),
        )
        .map((target) => `${file} → ${target}`);
    });
    expect(violations).toEqual([]);
  });

  it("lets only the command line import the harness, which stands on the emulator", () => {
    const importers = files
      .filter(({ source }) => importsOf(source).some((specifier) => specifier.includes("../harness/")))
      .map(({ file }) => layerOf(file));
    expect(new Set(importers)).toEqual(new Set(["cli"]));
  });

  it("keeps pure folders free of the platform, of time and of waiting", () => {
    const violations = files
      .filter(({ file }) => pureFolders.includes(layerOf(file)))
      .flatMap(({ file, source }) => [
        ...importsOf(source)
          .filter((specifier) => !specifier.startsWith(".") && !pureDependencies.includes(specifier))
          .map((specifier) => `${file} imports ${specifier}`),
        ...[
          /\bDate\.now\b/,
          /\bnew Date\(\)/,
          /\bset(Timeout|Interval|Immediate)\b/,
          /\basync\b/,
          /\bconsole\b/,
          /\bMath\.random\b/,
        ]
          .filter((pattern) => pattern.test(withoutComments(source)))
          .map((pattern) => `${file} has ${pattern.source}`),
      ]);
    expect(violations).toEqual([]);
  });
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
}
