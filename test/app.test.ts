import { DescribeSessionsCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestEmulator, type TestEmulator } from "./helpers/emulator.ts";
import { assumeOperator } from "./helpers/sessions.ts";

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

let lab: TestEmulator;
beforeEach(async () => {
  lab = await startTestEmulator({ seed: { nodes: [] } });
});
afterEach(() => lab[Symbol.asyncDispose]());

interface TimeView {
  readonly now: number;
  readonly offsetMilliseconds: number;
}

async function time(): Promise<TimeView> {
  const answer = await fetch(new URL("/_emulator/clock", lab.emulator.url));
  return (await answer.json()) as TimeView;
}

function sts(
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = lab.credentials(
    "test-user",
  ),
): STSClient {
  return new STSClient({ endpoint: lab.emulator.url, region: "us-east-1", credentials, maxAttempts: 1 });
}

describe("an emulator whose clock is put forward", () => {
  it("is that far ahead of the system's time, until a reset", async () => {
    await lab.emulator.advance(2 * dayMs);
    const { now, offsetMilliseconds } = await time();
    expect(offsetMilliseconds).toBe(2 * dayMs);
    expect(Math.abs(now - Date.now() - 2 * dayMs)).toBeLessThan(5_000);
    await lab.emulator.reset();
    expect((await time()).offsetMilliseconds).toBe(0);
  });

  it("serves clients whose clocks are not", async () => {
    await lab.emulator.advance(2 * dayMs);
    expect(await sts().send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: "arn:aws:iam::000000000000:user/test-user",
    });
    expect(await lab.ssm("alice").send(new DescribeSessionsCommand({ State: "History" }))).toMatchObject({
      Sessions: [],
    });
  });

  it("lets a role's credentials expire, and issues ones that are good by its own time", async () => {
    const operator = await assumeOperator(lab);
    const list = new DescribeSessionsCommand({ State: "History" });
    await lab.emulator.advance(hourMs - 60_000);
    await operator.send(list);
    await lab.emulator.advance(60_000);
    await expect(operator.send(list)).rejects.toMatchObject({ name: "ExpiredTokenException" });
    await expect((await assumeOperator(lab)).send(list)).resolves.toMatchObject({ Sessions: [] });
  });

  it("answers the query services as AWS does for credentials that have expired", async () => {
    const { Credentials: keys } = await sts().send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const client = sts({
      accessKeyId: keys?.AccessKeyId ?? "",
      secretAccessKey: keys?.SecretAccessKey ?? "",
      sessionToken: keys?.SessionToken ?? "",
    });
    await client.send(new GetCallerIdentityCommand({}));
    await lab.emulator.advance(15 * 60_000);
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "ExpiredToken",
    });
  });

  it("refuses what is no time to advance", async () => {
    await expect(lab.emulator.advance(-1)).rejects.toThrow("found -1");
  });
});
