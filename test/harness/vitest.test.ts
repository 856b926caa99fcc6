import { GetUserCommand, IAMClient, TagUserCommand } from "@aws-sdk/client-iam";
import { describe, expect } from "vitest";
import type { LocalEmulator } from "../../harness/start-emulator.ts";
import { test } from "../../harness/vitest.ts";

test.override("emulatorOptions", { seed: { nodes: [] } });

async function iam(emulator: LocalEmulator): Promise<IAMClient> {
  const { url: endpoint, region } = emulator;
  return new IAMClient({ endpoint, region, credentials: await emulator.credentials("root") });
}

const urls: string[] = [];

describe("the fixture", () => {
  test("gives a test an emulator with the file's options", async ({ emulator }) => {
    expect(await emulator.nodes()).toEqual([]);
    urls.push(emulator.url);
    const tag = new TagUserCommand({ UserName: "alice", Tags: [{ Key: "team", Value: "web" }] });
    await (await iam(emulator)).send(tag);
  });

  test("gives the next test the same one, back at its seed", async ({ emulator, fileEmulator }) => {
    expect(urls).toEqual([emulator.url]);
    expect(fileEmulator).toBe(emulator);
    const { User } = await (await iam(emulator)).send(new GetUserCommand({ UserName: "alice" }));
    expect(User?.Tags).toEqual([{ Key: "SSMSessionRunAs", Value: "my-os-user" }]);
  });
});
