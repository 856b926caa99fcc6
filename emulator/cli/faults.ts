import Table from "cli-table3";
import { ConfigError } from "../errors.ts";
import type { FaultView } from "../faults/fault.ts";
import { callAdminApi } from "./admin-client.ts";

export interface FaultsOptions {
  readonly endpoint: string;
  readonly json: boolean;
}

/** A fault as the command line has it. */
export interface FaultWords {
  readonly type: string;
  /** `latency=100`. */
  readonly attributes: readonly string[];
  readonly name?: string;
  readonly session?: string;
  readonly owner?: string;
  readonly node?: string;
  readonly document?: string;
  readonly operation?: string;
  readonly stream?: string;
  readonly toxicity?: string;
  readonly count?: string;
  readonly seed?: string;
}

const path = "/_emulator/faults";

/** The faults in force, as a table. */
export async function describeFaults({ endpoint, json }: FaultsOptions): Promise<string> {
  const { faults } = await callAdminApi<{ faults: FaultView[] }>(endpoint, path);
  if (json) return JSON.stringify(faults, null, 2);
  if (faults.length === 0) return "No faults.";
  const table = new Table({
    head: ["Name", "Type", "Attributes", "On", "Stream", "Toxicity", "Strikes"],
    style: { head: [], border: [] },
  });
  for (const { name, type, attributes, on, stream, toxicity, strikes, count } of faults) {
    const struck = count === undefined ? `${strikes}` : `${strikes} of ${count}`;
    table.push([
      name,
      type,
      describe(attributes),
      describe(on) || "all",
      stream ?? "",
      toxicity ?? "",
      struck,
    ]);
  }
  return table.toString();
}

/** Makes a fault. @throws ConfigError for a mistake in it */
export async function addFault(words: FaultWords, { endpoint, json }: FaultsOptions): Promise<string> {
  const { type, name, stream, session, owner, node, document, operation } = words;
  const { toxicity, count, seed } = words;
  const body = withoutUndefined({
    type,
    name,
    stream,
    on: withoutUndefined({ session, owner, node, document, operation }),
    toxicity: numberOrText(toxicity),
    count: numberOrText(count),
    seed: numberOrText(seed),
    attributes: Object.fromEntries(words.attributes.map(readAttribute)),
  });
  const fault = await callAdminApi<FaultView>(endpoint, path, { method: "POST", body });
  return json ? JSON.stringify(fault, null, 2) : `Fault ${fault.name} is in force.`;
}

/** Takes faults away; all when none is named. @throws ConfigError for a name that none has */
export async function removeFaults(
  names: readonly string[],
  { endpoint, json }: FaultsOptions,
): Promise<string> {
  const paths = names.length === 0 ? [path] : names.map((name) => `${path}/${encodeURIComponent(name)}`);
  for (const one of paths) await callAdminApi(endpoint, one, { method: "DELETE" });
  if (json) return JSON.stringify({ status: "removed" });
  return names.length === 0 ? "No faults are left." : `Removed ${names.join(", ")}.`;
}

function readAttribute(word: string): readonly [string, string | number | undefined] {
  const [, key, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
  if (key === undefined || value === undefined) {
    throw new ConfigError(`faults add: expected an attribute such as latency=100, found ${word}`);
  }
  return [key, numberOrText(value)];
}

/** What is no number is left to the emulator to refuse, with what it expects. */
function numberOrText(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function withoutUndefined(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function describe(values: object): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}
