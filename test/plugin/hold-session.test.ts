import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { holdSession } from "../../emulator/plugin/hold-session.ts";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeHandshakeResponse, type HandshakeResponse } from "../../emulator/protocol/handshake.ts";
import { startFakeKms } from "../client/fake-kms.ts";
import { serve } from "../client/scripted-server.ts";
import { closedFrame, kmsAction, requestFrame, sessionTypeAction } from "../session/server-frames.ts";

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});
afterEach(() => vi.unstubAllEnvs());

/** What the plugin answers to a server that wants encryption. */
async function answerOf(call: { readonly target: string | undefined; readonly endpoint: string }) {
  const { promise, resolve } = Promise.withResolvers<HandshakeResponse>();
  await using server = await serve((socket) => {
    socket.on("message", (data: Buffer) => {
      const message = decodeAgentMessage(data);
      if (message.payloadType !== 6) return;
      resolve(decodeHandshakeResponse(message.payload));
      socket.send(closedFrame(""));
    });
    socket.send(requestFrame(0, [sessionTypeAction("Standard_Stream"), kmsAction("key-1")]));
  });
  const start = { sessionId: "alice-1", streamUrl: server.url, tokenValue: "t" };
  const streams = { input: new PassThrough(), output: new PassThrough() };
  const environment = {};
  await holdSession(
    { type: "session", start, region: "us-east-1", profile: "", ...call },
    environment,
    streams,
  );
  return (await promise).actions[1];
}

describe("the plugin in a session that is to be encrypted", () => {
  it("gets its data key where Systems Manager is", async () => {
    const body = { Plaintext: Buffer.alloc(64).toString("base64"), CiphertextBlob: "YmxvYg==" };
    await using kms = await startFakeKms({ status: 200, body });
    expect(await answerOf({ target: "i-1", endpoint: kms.endpoint })).toMatchObject({
      status: 1,
      result: { KMSCipherTextKey: "YmxvYg==" },
    });
    expect(kms.calls).toMatchObject([
      { input: { EncryptionContext: { "aws:ssm:SessionId": "alice-1", "aws:ssm:TargetId": "i-1" } } },
    ]);
  });

  it("refuses under an AWS CLI that does not tell the target", async () => {
    expect(await answerOf({ target: undefined, endpoint: "" })).toMatchObject({
      status: 2,
      error: expect.stringMatching(
        /^Failed to process action KMSEncryption: Installed version of CLI does not support Session Manager encryption feature\./,
      ),
    });
  });
});
