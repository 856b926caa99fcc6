import { expect, it } from "vitest";
import { findWrongParameter, readPortNumber } from "../../../emulator/agent/port/port-parameters.ts";

it.each([
  [{ portNumber: 22 }, "number", "portNumber"],
  [{ portNumber: true, type: 1 }, "bool", "portNumber"],
  [{ type: ["LocalPortForwarding"], host: {} }, "object", "host"],
  [{ type: [] }, "array", "type"],
])("the parameters %j are refused in Go's words", (properties, kind, name) => {
  expect(findWrongParameter(properties)).toBe(
    `json: cannot unmarshal ${kind} into Go struct field PortParameters.${name} of type string`,
  );
});

it.each([{}, { portNumber: "22" }, { host: null, portNumber: "22" }, { localPortNumber: 22 }])(
  "the parameters %j are what the agent reads",
  (properties) => {
    expect(findWrongParameter(properties)).toBeUndefined();
  },
);

it.each([
  ["0", 0],
  ["22", 22],
  ["+22", 22],
  ["065535", 65_535],
])("%j is port %i", (text, port) => {
  expect(readPortNumber(text)).toEqual({ type: "port", port });
});

it.each([
  ["65536", "address 65536: invalid port"],
  ["-1", "address -1: invalid port"],
  ["80a", "lookup tcp/80a: unknown port"],
  ["8e1", "lookup tcp/8e1: unknown port"],
  [" 80", "lookup tcp/ 80: unknown port"],
])("%j is no port: %s", (text, problem) => {
  expect(readPortNumber(text)).toEqual({ type: "invalid", problem });
});
