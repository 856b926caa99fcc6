import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownPluginFolder } from "../helpers/programs.ts";
import { adminOptions } from "../http/admin-options.ts";
import { run, type ServedAdminApi, serveAdminApi } from "./run.ts";

const awkward = `it's "a" $secret \`x\` \\ ü`;

let emulator: ServedAdminApi;
let home: string;

beforeEach(async () => {
  emulator = await serveAdminApi();
  home = mkdtempSync(join(tmpdir(), "ssm-emulator-env-"));
  const key = { createdAt: 1, status: "Active" } as const;
  emulator.state.accessKeys.put("test", {
    ...key,
    accessKeyId: "test",
    secretAccessKey: "test",
    userName: undefined,
  });
  emulator.state.accessKeys.put("AKIA1", {
    ...key,
    accessKeyId: "AKIA1",
    secretAccessKey: awkward,
    userName: "alice",
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await emulator[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

const env = (...args: readonly string[]) => run("env", "--endpoint", emulator.endpoint, ...args);

/** The environment of a shell that has evaluated the text. */
function evaluated(text: string): Record<string, string> {
  const stale = {
    AWS_SESSION_TOKEN: "stale",
    AWS_PROFILE: "stale",
    AWS_ENDPOINT_URL: "stale",
    SSL_CERT_DIR: "stale",
  };
  const out = execFileSync("sh", ["-c", 'eval "$1"; env -0', "sh", text], {
    env: { PATH: process.env.PATH ?? "", HOME: home, ...stale },
    encoding: "utf8",
  });
  const lines = out.split("\0").filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]));
}

describe("env", () => {
  it("makes a shell the persona, whatever is in its secret, and nobody else", async () => {
    const { exitCode, out, err } = await env("--as", "alice");
    expect([exitCode, err]).toEqual([0, ""]);
    const variables = evaluated(out);
    expect(variables).toMatchObject({
      AWS_ACCESS_KEY_ID: "AKIA1",
      AWS_SECRET_ACCESS_KEY: awkward,
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ENDPOINT_URL: emulator.endpoint,
    });
    expect(variables).not.toHaveProperty("AWS_SESSION_TOKEN");
    expect(variables).not.toHaveProperty("AWS_PROFILE");
  });

  it("gives a program the same as JSON", async () => {
    expect(JSON.parse((await env("--as", "root", "--plugin", "none", "--json")).out)).toEqual({
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ENDPOINT_URL: emulator.endpoint,
    });
  });

  it("writes endpoints without a slash at the end", async () => {
    const { out } = await run("env", "--endpoint", `${emulator.endpoint}/`, "--as", "root", "--json");
    expect(JSON.parse(out).AWS_ENDPOINT_URL).toBe(emulator.endpoint);
  });

  it("writes the address by which clients reach the emulator", async () => {
    const { out } = await env("--as", "root", "--public-url", "http://emulator:4583", "--json");
    expect(JSON.parse(out).AWS_ENDPOINT_URL).toBe("http://emulator:4583");
  });

  it("refuses a persona that does not exist, and tells which do", async () => {
    expect(await env("--as", "bob")).toEqual({
      exitCode: 2,
      out: "",
      err: "There is no persona bob. Known: root, alice.\n",
    });
  });

  it("wants to know who", async () => {
    const { exitCode, err } = await env();
    expect(exitCode).toBe(2);
    expect(err).toContain("required option '--as <persona>' not specified");
  });
});

describe("env --aws-hosts", () => {
  it("leads a shell to AWS's host names through the proxy, and makes it trust the authority", async () => {
    const variables = evaluated((await env("--as", "alice", "--aws-hosts")).out);
    const bundle = join(home, ".ssm-emulator", "trusted-ca.pem");
    expect(variables).toMatchObject({
      AWS_SECRET_ACCESS_KEY: awkward,
      HTTPS_PROXY: emulator.endpoint,
      https_proxy: emulator.endpoint,
      AWS_CA_BUNDLE: bundle,
      SSL_CERT_FILE: bundle,
      NODE_EXTRA_CA_CERTS: bundle,
      CURL_CA_BUNDLE: bundle,
    });
    for (const name of ["AWS_ENDPOINT_URL", "AWS_PROFILE", "SSL_CERT_DIR"]) {
      expect(variables).not.toHaveProperty(name);
    }
    expect(readFileSync(bundle, "utf8")).toBe(adminOptions().caCertificate);
  });

  it("gives a program the proxy and the certificate", async () => {
    const { out } = await env("--as", "root", "--aws-hosts", "--json");
    const variables = JSON.parse(out);
    expect(variables).toMatchObject({
      HTTPS_PROXY: emulator.endpoint,
      caCertificate: adminOptions().caCertificate,
    });
    expect(variables).not.toHaveProperty("AWS_ENDPOINT_URL");
  });
});

describe("env --plugin", () => {
  const own = join(ownPluginFolder, "session-manager-plugin");
  const base = "/usr/bin:/bin";
  let installed: string;
  beforeEach(() => {
    installed = join(home, "installed");
    mkdirSync(installed);
  });

  /** Installs a plugin that is not ours, or a link to ours. */
  function install(target: string): void {
    symlinkSync(target, join(installed, "session-manager-plugin"));
  }

  /** Where the shell finds the plugin after it has evaluated what is printed, and the comment. */
  async function found(...args: readonly string[]) {
    vi.stubEnv("PATH", `${installed}:${base}`);
    const { out } = await env("--as", "root", ...args);
    const script = 'eval "$1"; command -v session-manager-plugin || echo none';
    const where = execFileSync("sh", ["-c", script, "sh", out], {
      env: { PATH: `${installed}:${base}`, HOME: home },
      encoding: "utf8",
    });
    return [where.trim(), out.trimEnd().split("\n").at(-1)];
  }

  it("finds the one that is installed, else ours", async () => {
    const ours = [own, `# session-manager-plugin: ${own} (the emulator's own)`];
    expect(await found()).toEqual(ours);
    expect(await found("--aws-hosts")).toEqual(ours);
    install("/bin/true");
    const path = join(installed, "session-manager-plugin");
    expect(await found()).toEqual([path, `# session-manager-plugin: ${path}`]);
  });

  it("knows ours when that is what is installed", async () => {
    install(own);
    const path = join(installed, "session-manager-plugin");
    const ours = [path, `# session-manager-plugin: ${path} (the emulator's own)`];
    expect(await found()).toEqual(ours);
    expect(await found("--plugin", "ours")).toEqual(ours);
  });

  it("puts ours before the one that is installed, if asked to", async () => {
    install("/bin/true");
    const [where, comment] = await found("--plugin", "ours");
    expect([where, comment]).toEqual([own, `# session-manager-plugin: ${own} (the emulator's own)`]);
  });

  it("leaves PATH alone, if asked to by option or variable", async () => {
    const alone = ["none", "# session-manager-plugin: whatever is on PATH"];
    expect(await found("--plugin", "none")).toEqual(alone);
    vi.stubEnv("SSM_EMULATOR_PLUGIN", "none");
    expect(await found()).toEqual(alone);
  });

  it("tells a program the same", async () => {
    vi.stubEnv("PATH", base);
    const json = async (...args: readonly string[]) =>
      JSON.parse((await env("--as", "root", "--json", ...args)).out);
    expect(await json()).toMatchObject({ sessionManagerPlugin: own, PATH: `${base}:${ownPluginFolder}` });
    expect(await json("--plugin", "ours")).toMatchObject({ PATH: `${ownPluginFolder}:${base}` });
    expect(await json("--plugin", "none")).not.toHaveProperty("sessionManagerPlugin");
    expect(await json("--plugin", "none")).not.toHaveProperty("PATH");
  });

  it("knows no other choice", async () => {
    expect(await env("--as", "root", "--plugin", "mine")).toMatchObject({
      exitCode: 2,
      err: "--plugin: expected auto, ours, none, found mine\n",
    });
  });
});
