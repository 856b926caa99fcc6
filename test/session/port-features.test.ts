import { describe, expect, it } from "vitest";
import { decideAgentPortFeatures, decidePortFeatures } from "../../emulator/session/port-features.ts";

describe("port features", () => {
  it.each([
    ["3.3.1957.0", "mux", false, true],
    ["3.1.1512.0", "mux", false, true],
    ["3.1.1511.0", "mux", true, true],
    ["3.0.196.1", "mux", true, true],
    ["3.0.196.0", "basic", true, true],
    ["2.3.722.1", "basic", true, true],
    ["2.3.722.0", "basic", true, false],
    ["3.3.1957", "basic", true, false],
    ["3.3.x.0", "basic", true, false],
    ["", "basic", true, false],
  ])("of an agent %j are mode %s, keep-alive %s, end by flag %s", (agentVersion, mode, keepAlive, byFlag) => {
    const features = decidePortFeatures("LocalPortForwarding", agentVersion);
    expect(features).toEqual({ mode, keepAlive, terminatesByFlag: byFlag });
  });

  it.each(["", "other"])("join the standard streams for the type %j", (type) => {
    expect(decidePortFeatures(type, "3.3.1957.0").mode).toBe("stdio");
  });
});

describe("the node's end", () => {
  it.each([
    ["LocalPortForwarding", "3.3.1957.0", "1.2.332.0", "mux", false],
    ["LocalPortForwarding", "3.3.1957.0", "1.2.331.0", "mux", true],
    ["LocalPortForwarding", "3.3.1957.0", "1.2.0.0", "mux", true],
    ["LocalPortForwarding", "3.1.1511.0", "1.2.707.0", "mux", true],
    ["LocalPortForwarding", "3.3.1957.0", "1.1.70", "mux", true],
    ["LocalPortForwarding", "3.3.1957.0", "1.1.69.9", "basic", true],
    ["LocalPortForwarding", "3.3.1957.0", "", "basic", true],
    ["LocalPortForwarding", "3.0.196.0", "1.2.0.0", "basic", true],
    ["", "3.3.1957.0", "1.2.707.0", "stdio", false],
  ])("for %j with agent %s and client %j is %s, keep-alive %s", (type, agent, client, mode, keepAlive) => {
    expect(decideAgentPortFeatures(type, agent, client)).toEqual({ mode, keepAlive });
  });
});
