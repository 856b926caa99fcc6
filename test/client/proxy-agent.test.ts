import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { proxyAgent } from "../../emulator/client/proxy-agent.ts";

const file = fileURLToPath(import.meta.url);
const proxy = { HTTPS_PROXY: "http://proxy:1", HTTP_PROXY: "http://proxy:1" };

describe("proxyAgent", () => {
  it.each(["wss://ssmmessages.us-east-1.amazonaws.com/x", "https://ssm.us-east-1.amazonaws.com"])(
    "goes to %s through the proxy of the environment",
    (url) => {
      const agent = proxyAgent(url, proxy, []);
      expect(agent).toBeInstanceOf(HttpsAgent);
      expect(agent).toHaveProperty("options.proxyEnv.HTTPS_PROXY", "http://proxy:1");
    },
  );

  it.each(["ws://127.0.0.1:4583/x", "http://localhost:4583", "ws://[::1]:4583/x"])(
    "goes to %s itself",
    (url) => {
      const agent = proxyAgent(url, proxy, []);
      expect(agent).toBeInstanceOf(HttpAgent);
      expect(agent).not.toHaveProperty("options.proxyEnv");
    },
  );

  it("trusts the authorities in the first file that a variable names", () => {
    const agent = proxyAgent("wss://x/", { A: "", B: file, C: "/nowhere" }, ["A", "B", "C"]);
    expect(String((agent as HttpsAgent).options.ca)).toContain("proxyAgent");
  });

  it("fails when that file is not there", () => {
    expect(() => proxyAgent("wss://x/", { A: "/nowhere" }, ["A"])).toThrow("/nowhere");
  });
});
