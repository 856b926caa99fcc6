import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { describeWithNodes, testNodeVariables } from "../helpers/engine.ts";
import { freePort } from "../helpers/free-port.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly { readonly name: string; readonly run: string }[] };
}

describeWithNodes("action.yml", () => {
  it("has an input for every variable that its start step sets", async () => {
    const { inputs } = await readAction();
    expect(Object.keys(inputs)).toEqual(["persona", "seed", "port"]);
  });

  it("starts the emulator, and makes the steps that follow the persona", async () => {
    const { runs } = await readAction();
    const start = runs.steps.find(({ name }) => name.startsWith("Start"));
    const temp = await mkdtemp(join(tmpdir(), "ssm-emulator-action-"));
    const files = {
      GITHUB_ENV: join(temp, "env"),
      GITHUB_OUTPUT: join(temp, "output"),
      GITHUB_PATH: join(temp, "path"),
    };
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    try {
      await Promise.all(Object.values(files).map((file) => writeFile(file, "")));
      await run("bash", ["-ec", start?.run ?? "false"], {
        env: {
          ...process.env,
          ...files,
          GITHUB_ACTION_PATH: root,
          RUNNER_TEMP: temp,
          PERSONA: "alice",
          SSM_EMULATOR_PORT: String(port),
          SSM_EMULATOR_NODES_OWNER: `action-${port}`,
          SSM_EMULATOR_TEMPORARY_NODES: "true",
          ...(await testNodeVariables()),
        },
      });
      const variables = await readFile(files.GITHUB_ENV, "utf8");
      expect(variables).toContain(`AWS_ENDPOINT_URL=${endpoint}\n`);
      expect(variables).toContain("AWS_ACCESS_KEY_ID=AKIAALICE22222222222\n");
      expect(await readFile(files.GITHUB_OUTPUT, "utf8")).toContain(`endpoint=${endpoint}\n`);
      const health = await fetch(`${endpoint}/_emulator/health`);
      expect(await health.json()).toMatchObject({ nodes: [{ pingStatus: "Online" }] });
    } finally {
      const pid = /^pid=(\d+)$/m.exec(await readFile(files.GITHUB_OUTPUT, "utf8"))?.[1];
      if (pid !== undefined) process.kill(Number(pid), "SIGTERM");
      await rm(temp, { recursive: true, force: true });
    }
  }, 120_000);
});

async function readAction(): Promise<Action> {
  return parse(await readFile(join(root, "action.yml"), "utf8")) as Action;
}
