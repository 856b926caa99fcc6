import { kindOf } from "../../documents/json-value.ts";

/** What the agent reads of a port document, in the order in which Go comes upon it. */
const parameters = ["host", "portNumber", "type"];

/**
 * Go's words for the first parameter that is no text; null leaves one empty.
 * @see amazon-ssm-agent `agent/session/plugins/port/port.go`, PortParameters; Go's encoding/json, UnmarshalTypeError
 */
export function findWrongParameter(properties: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of parameters) {
    const kind = kindOf(properties[name] ?? "");
    if (kind === "string") continue;
    const goKind = kind === "boolean" ? "bool" : kind;
    return `json: cannot unmarshal ${goKind} into Go struct field PortParameters.${name} of type string`;
  }
  return undefined;
}

const maxPort = 65_535;

/**
 * A port, or Go's words for a text that is none.
 * @unverified Go knows a few services by name, such as `http`; here a name is never a port.
 * @see Go's net, parsePort and LookupPort
 */
export function readPortNumber(
  text: string,
): { readonly type: "port"; readonly port: number } | { readonly type: "invalid"; readonly problem: string } {
  if (!/^[+-]?\d+$/.test(text)) return { type: "invalid", problem: `lookup tcp/${text}: unknown port` };
  const port = Number(text);
  if (port < 0 || port > maxPort) return { type: "invalid", problem: `address ${text}: invalid port` };
  return { type: "port", port };
}
