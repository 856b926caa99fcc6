import { describe, expect, it } from "vitest";
import { hostsFile, isNodeNetwork, nodeAddress } from "../../../emulator/nodes/namespace/node-network.ts";

describe("the nodes' network", () => {
  it("has an address for each node, which looks like one of a default VPC", () => {
    expect([nodeAddress(0), nodeAddress(1), nodeAddress(245), nodeAddress(246)]).toEqual([
      "172.31.16.10",
      "172.31.16.11",
      "172.31.16.255",
      "172.31.17.0",
    ]);
  });

  const web = { name: "web-1", ipAddress: "172.31.16.10" };
  const db = { name: "db-1", ipAddress: "172.31.16.11" };

  it("knows the emulator and all nodes by name", () => {
    expect(hostsFile(web, [web, db], "bridge").split("\n")).toEqual([
      "127.0.0.1 localhost",
      "::1 localhost ip6-localhost ip6-loopback",
      "172.31.0.1 emulator",
      "172.31.16.10 web-1",
      "172.31.16.11 db-1",
    ]);
  });

  it.each(["none", "host"] as const)("knows only the node itself without a bridge: %s", (kind) => {
    expect(hostsFile(web, [web, db], kind).split("\n").slice(2)).toEqual(["127.0.1.1 web-1"]);
  });

  it("is one of three", () => {
    expect(["bridge", "none", "host", "my-docker-network", ""].filter(isNodeNetwork)).toEqual([
      "bridge",
      "none",
      "host",
    ]);
  });
});
