import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig, settings } from "../emulator/config.ts";
import { ConfigError } from "../emulator/errors.ts";

const homeDirectory = "/home/me";
const read = (environment: Record<string, string>, options = {}) =>
  readConfig({ environment, options, homeDirectory });

describe("readConfig", () => {
  it("needs nothing", () => {
    const config = read({});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4583,
      stateDir: "/home/me/.ssm-emulator",
      streamUrl: "auto",
      verifySignatures: true,
      tunnelOtherHosts: false,
      allowedHosts: [],
      nodesOwner: "default",
    });
    expect("tlsPort" in config).toBe(false);
  });

  it("is frozen", () => {
    expect(Object.isFrozen(read({}))).toBe(true);
  });

  it.each([
    ["SSM_EMULATOR_PORT", "0", { port: 0 }],
    ["SSM_EMULATOR_TLS_PORT", "443", { tlsPort: 443 }],
    ["SSM_EMULATOR_VERIFY_SIGNATURES", "False", { verifySignatures: false }],
    ["SSM_EMULATOR_KEEP_NODES", "1", { keepNodes: true }],
    ["SSM_EMULATOR_TEMPORARY_NODES", "true", { temporaryNodes: true }],
    ["SSM_EMULATOR_STREAM_URL", "aws", { streamUrl: "aws" }],
    [
      "SSM_EMULATOR_ALLOWED_HOSTS",
      "Lab.example, other.example,",
      { allowedHosts: ["lab.example", "other.example"] },
    ],
    ["SSM_EMULATOR_SEED", "~/lab.yaml", { seed: "/home/me/lab.yaml" }],
    ["SSM_EMULATOR_SEED", "lab.yaml", { seed: resolve("lab.yaml") }],
    ["SSM_EMULATOR_SESSION_LOG", "-", { sessionLog: "-" }],
    ["SSM_EMULATOR_ACCOUNT_ID", "000000000001", { accountId: "000000000001" }],
    ["SSM_EMULATOR_RESUME_GRACE_MS", "0", { resumeGraceMs: 0 }],
  ])("reads %s=%s", (variable, text, expected) => {
    expect(read({ [variable]: text })).toMatchObject(expected);
  });

  it("lets an option beat its variable", () => {
    const environment = { SSM_EMULATOR_PORT: "1", SSM_EMULATOR_TUNNEL_OTHER_HOSTS: "false" };
    expect(read(environment, { port: "2", tunnelOtherHosts: true, host: undefined })).toMatchObject({
      port: 2,
      tunnelOtherHosts: true,
      host: "127.0.0.1",
    });
  });

  it("takes an empty variable for none", () => {
    expect(read({ SSM_EMULATOR_PORT: "", SSM_EMULATOR_SEED: "" })).toEqual(read({}));
  });

  it.each([
    ["PORT", "65536", "a whole number from 0 to 65535"],
    ["PORT", "tcp://10.0.0.1:4583", "a whole number from 0 to 65535"],
    ["PORT", "-1", "a whole number from 0 to 65535"],
    ["PORT", "1e3", "a whole number from 0 to 65535"],
    ["VERIFY_SIGNATURES", "maybe", "true or false"],
    ["STREAM_URL", "localhost", "one of auto, aws, endpoint"],
    ["ACCOUNT_ID", "12", "12 digits"],
    ["REGION", "europe", "a region, such as us-east-1"],
  ])("refuses SSM_EMULATOR_%s=%s: expected %s", (name, text, expected) => {
    const message = `SSM_EMULATOR_${name}: expected ${expected}, found "${text}"`;
    expect(() => read({ [`SSM_EMULATOR_${name}`]: text })).toThrow(new ConfigError(message));
  });

  it("names all mistakes at once, and options as options", () => {
    expect(() => read({ SSM_EMULATOR_LOG_LEVEL: "loud" }, { tlsPort: "x" })).toThrow(
      /^--tls-port: expected .*\nSSM_EMULATOR_LOG_LEVEL: expected one of trace, .*, found "loud"$/,
    );
  });
});

describe("docs/configuration.md", () => {
  it("lists every setting as it is (vitest -u writes it anew)", async () => {
    await expect(configurationPage()).toMatchFileSnapshot("../docs/configuration.md");
  });
});

function configurationPage(): string {
  const rows = settings.map(
    ({ variable, option, expected, default: standard, description }) =>
      `| \`${variable}\` | \`${option}\` | ${standard ? `\`${standard}\`` : ""} | ${expected} | ${description} |`,
  );
  return [
    "# Configuration",
    "",
    "Every setting is an environment variable and an option of `ssm-emulator start`; the option wins, and an empty",
    "variable counts as none. A wrong value is refused at the start. This page is made from `emulator/config.ts`.",
    "",
    "| Variable | Option | Default | Value | Meaning |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    "Node keeps the programs' code compiled in `~/.ssm-emulator/compiled`, which halves the time that a command takes. The folder can",
    "be deleted at any time; `NODE_COMPILE_CACHE` names another, and `NODE_DISABLE_COMPILE_CACHE=1` does without.",
    "",
    "What the emulated account holds is said in the seed file, whose members are described in",
    "[seed.schema.json](seed.schema.json). An editor completes and checks it after this first line:",
    "",
    "```yaml",
    "# yaml-language-server: $schema=path/to/docs/seed.schema.json",
    "```",
    "",
  ].join("\n");
}
