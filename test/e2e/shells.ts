import {
  type SSMClient,
  StartSessionCommand,
  type StartSessionCommandInput,
  UpdateDocumentCommand,
} from "@aws-sdk/client-ssm";
import { type TestEmulator, webNodeId } from "../helpers/emulator.ts";
import { SsmSessionClient } from "../helpers/ssm-session-client.ts";

/** Replaces the Session Manager preferences. */
export async function setPreferences(lab: TestEmulator, inputs: Record<string, unknown>): Promise<void> {
  const content = {
    schemaVersion: "1.0",
    // Content that is the same as before would be refused.
    description: crypto.randomUUID(),
    sessionType: "Standard_Stream",
    inputs,
  };
  await lab.ssm("root").send(
    new UpdateDocumentCommand({
      Name: "SSM-SessionManagerRunShell",
      Content: JSON.stringify(content),
      DocumentVersion: "$LATEST",
    }),
  );
}

export const runAs = (runAsDefaultUser = "") => ({ runAsEnabled: true, runAsDefaultUser });
export const noRunAs = { runAsEnabled: false };

/** Starts a session on the node web-1 and connects to it. */
export async function connect(
  client: SSMClient,
  request: Partial<StartSessionCommandInput> = {},
): Promise<SsmSessionClient> {
  return new SsmSessionClient(await client.send(new StartSessionCommand({ Target: webNodeId, ...request })));
}

/** A session whose shell has shown its prompt. */
export async function openShell(
  client: SSMClient,
  request: Partial<StartSessionCommandInput> = {},
): Promise<SsmSessionClient> {
  const session = await connect(client, request);
  await session.expectText("sh-5.2$ ");
  return session;
}
