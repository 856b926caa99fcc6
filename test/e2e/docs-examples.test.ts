import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { describeWithNodes, testEngine, testNodeVariables } from "../helpers/engine.ts";
import { examplesOf, type PageExample } from "../helpers/page-examples.ts";
import { findProgram } from "../helpers/programs.ts";
import { buildEmulatorImage } from "./emulator-image.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** What an example needs besides Node and Docker, by its heading. */
const needs: Readonly<Record<string, string>> = { "pytest and boto3": "pytest", Go: "go", bash: "aws" };

/** Debian's Go libraries; with a module proxy `go mod tidy` would bring them. */
const goPath = "/usr/share/gocode";

describeWithNodes("the examples of docs/test-your-tool.md", () => {
  for (const example of examplesOf("test-your-tool.md")) {
    if (testEngine === "namespace" && example.title === "Testcontainers") continue;
    const missing = missingProgram(example);
    describe(missing === undefined ? example.title : `${example.title} (skipped: no ${missing})`, () => {
      it.skipIf(missing !== undefined)(
        "runs as it stands on the page",
        async () => {
          if (example.title === "Testcontainers") await buildEmulatorImage();
          await runExample(example);
        },
        600_000,
      );
    });
  }

  it("covers every language that the page promises", () => {
    const titles = examplesOf("test-your-tool.md").map(({ title }) => title);
    expect(titles).toEqual(["vitest", "pytest and boto3", "Go", "bash", "Testcontainers"]);
  });
});

function missingProgram({ title }: PageExample): string | undefined {
  const program = needs[title];
  return program === undefined || findProgram(program) !== undefined ? undefined : program;
}

/** In a project of its own, as one that has installed the checkout beside it. */
async function runExample({ files, commands }: PageExample): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "ssm-emulator-example-"));
  const project = join(home, "src/tool");
  try {
    await mkdir(join(project, "node_modules/.bin"), { recursive: true });
    await Promise.all([
      symlink(root, join(project, "node_modules/ssm-emulator")),
      symlink(join(root, "emulator/main.ts"), join(project, "node_modules/.bin/ssm-emulator")),
      ...["vitest", "testcontainers"].map((name) =>
        symlink(join(root, "node_modules", name), join(project, "node_modules", name)),
      ),
      symlink(join(root, "node_modules/vitest/vitest.mjs"), join(project, "node_modules/.bin/vitest")),
      writeFile(join(project, "package.json"), '{ "type": "module", "private": true }'),
      ...files
        // Its library is not among Debian's.
        .filter(({ name }) => name !== "containers.go")
        .map(({ name, text }) => writeFile(join(project, name), text)),
    ]);
    for (const command of commands) {
      await run("sh", ["-ec", command], { cwd: project, env: await environment(home), timeout: 300_000 });
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function environment(home: string): Promise<NodeJS.ProcessEnv> {
  const { PATH, DOCKER_HOST } = process.env;
  return {
    PATH: `${join(root, "node_modules/.bin")}:${PATH}`,
    HOME: home,
    GOPATH: `${home}:${goPath}`,
    GO111MODULE: "off",
    TESTCONTAINERS_RYUK_DISABLED: "true",
    ...(DOCKER_HOST !== undefined && { DOCKER_HOST }),
    ...(await testNodeVariables()),
  };
}
