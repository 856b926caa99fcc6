import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadOperations } from "../../emulator/http/load-operations.ts";
import { memberRules } from "../../emulator/http/member-rules.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "operations-"));
  await Promise.all(
    ["ssm/shared", "iam", "sts", "logs", "ec2", "kms"].map((name) =>
      mkdir(join(folder, name), { recursive: true }),
    ),
  );
});
afterEach(() => rm(folder, { recursive: true }));

function load() {
  return loadOperations(pathToFileURL(`${folder}/`), ".mjs");
}

function write(file: string, exportName: string, service: string, name: string) {
  const content = `export const ${exportName} = { service: "${service}", name: "${name}", input: {}, handle() {} };`;
  return writeFile(join(folder, file), content);
}

it("finds each operation by its file alone", async () => {
  await write("ssm/start-session.mjs", "startSession", "ssm", "StartSession");
  await write("sts/assume-role-with-saml.mjs", "assumeRoleWithSaml", "sts", "AssumeRoleWithSAML");
  await writeFile(join(folder, "ssm/shared/tags.mjs"), "");
  await writeFile(join(folder, "ssm/notes.md"), "");
  expect([...(await load()).keys()]).toEqual(["ssm.StartSession", "sts.AssumeRoleWithSAML"]);
});

it.each([
  [
    "without the export",
    "resumeSession",
    "ssm",
    "StartSession",
    "expected an operation exported as startSession",
  ],
  ["of another service", "startSession", "sts", "StartSession", "got sts.StartSession"],
  ["of another name", "startSession", "ssm", "ResumeSession", "got ssm.ResumeSession"],
])("refuses a file %s", async (_case, exportName, service, name, message) => {
  await write("ssm/start-session.mjs", exportName, service, name);
  await expect(load()).rejects.toThrow(message);
});

it("finds the emulator's own operations, whose patterns all compile", async () => {
  const operations = await loadOperations();
  expect(operations.get("ssm.TerminateSession")?.name).toBe("TerminateSession");
  for (const { input, service } of operations.values()) {
    const schemas = JSON.stringify(input);
    for (const [, pattern = '""'] of schemas.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)) {
      for (const rule of memberRules({ pattern: JSON.parse(pattern) }, service)) rule.holds("text");
    }
  }
});
