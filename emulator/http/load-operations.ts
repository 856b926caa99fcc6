import { readdir } from "node:fs/promises";
import { extname } from "node:path";
import type { Operation, ServiceName } from "../operations/operation.ts";

const services: readonly ServiceName[] = ["ssm", "iam", "sts", "logs", "ec2", "kms"];

/** Every operation by `<service>.<Name>`, e.g. `ssm.StartSession`. */
export type Operations = ReadonlyMap<string, Operation>;

/**
 * Finds the operations by their files: `start-session.ts` exports `startSession`. Adding one takes no other step.
 * @throws Error when a file does not hold the operation its name promises
 */
export async function loadOperations(
  root: URL = new URL("../operations/", import.meta.url),
  extension: string = extname(import.meta.filename),
): Promise<Operations> {
  const folders = await Promise.all(services.map((service) => loadFolder(service, root, extension)));
  return new Map(folders.flat());
}

async function loadFolder(service: ServiceName, root: URL, extension: string) {
  const folder = new URL(`${service}/`, root);
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension) && !entry.name.endsWith(".d.ts"))
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    files.map(async (file) => {
      const found = await loadFile(
        new URL(file, folder),
        camelCase(file.slice(0, -extension.length)),
        service,
      );
      return [`${service}.${found.name}`, found] as const;
    }),
  );
}

async function loadFile(file: URL, exportName: string, service: ServiceName): Promise<Operation> {
  const module: Readonly<Record<string, unknown>> = await import(file.href);
  const found = module[exportName];
  if (!isOperation(found))
    throw new Error(`${file.pathname}: expected an operation exported as ${exportName}`);
  // AWS writes abbreviations in capitals: assume-role-with-saml.ts holds AssumeRoleWithSAML.
  if (found.service !== service || found.name.toLowerCase() !== exportName.toLowerCase()) {
    throw new Error(
      `${file.pathname}: expected the operation ${service}.${exportName}, got ${found.service}.${found.name}`,
    );
  }
  return found;
}

function camelCase(kebab: string): string {
  return kebab.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function isOperation(value: unknown): value is Operation {
  return (
    typeof value === "object" && value !== null && "handle" in value && typeof value.handle === "function"
  );
}
