import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EmulatorHandle } from "../../harness/emulator-handle.ts";
import { type LocalEmulator, startEmulator } from "../../harness/start-emulator.ts";

let emulator: LocalEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ seed: { nodes: [] } });
});
afterAll(() => emulator.close());

describe("an emulator known by its URL", () => {
  it("says who and where it is", async () => {
    const { url, accountId, region } = await EmulatorHandle.connect(emulator.url);
    expect({ url, accountId, region }).toEqual({
      url: emulator.url,
      accountId: "000000000000",
      region: "us-east-1",
    });
  });

  it("is missed with a reason where none answers", async () => {
    await expect(EmulatorHandle.connect("http://127.0.0.1:1")).rejects.toThrow(
      "No emulator answers at http://127.0.0.1:1:",
    );
  });

  it("gives a program the environment of a persona", async () => {
    expect(await emulator.environment("alice")).toEqual({
      AWS_ENDPOINT_URL: emulator.url,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIAALICE22222222222",
      AWS_SECRET_ACCESS_KEY: "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",
    });
  });

  it("names the known personas when asked for an unknown one", async () => {
    await expect(emulator.credentials("carol")).rejects.toThrow(
      "There is no persona carol. Known: root, test-user, alice, bob.",
    );
  });

  it("gives a role's credentials, for programs too", async () => {
    const operator = await emulator.assumeRole({ as: "test-user", role: "operator" });
    expect(await emulator.environment(operator)).toMatchObject({ AWS_SESSION_TOKEN: operator.sessionToken });
  });

  it("passes a refusal of AssumeRole on", async () => {
    await expect(emulator.assumeRole({ as: "alice", role: "operator" })).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  it("wants a target where there is not exactly one node", async () => {
    await expect(emulator.startSession({ as: "alice" })).rejects.toThrow("Name a target: there are 0 nodes.");
  });

  it("passes the admin API's own words on", async () => {
    await expect(emulator.explain({ as: "alice", target: "web-9" })).rejects.toMatchObject({
      name: "AdminApiError",
      status: 404,
      message: expect.stringContaining("There is no node web-9"),
    });
  });
});

describe("a session that AWS refuses", () => {
  it("has an outcome with code and message, and no id", async () => {
    await using session = await emulator.startSession({ as: "alice", target: "web-9" });
    expect(session.sessionId).toBeUndefined();
    expect(session.outcome).toEqual({
      type: "refused",
      by: "service",
      code: "TargetNotConnected",
      message: "web-9 is not connected.",
    });
  });

  it("is refused to credentials that nobody has", async () => {
    const nobody = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
    await using session = await emulator.startSession({ as: nobody, target: "web-1" });
    expect(session.outcome).toMatchObject({ by: "service", code: "UnrecognizedClientException" });
  });
});
