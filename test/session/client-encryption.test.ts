import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ProtocolError } from "../../emulator/errors.ts";
import { decodeAgentMessage, type ReceivedMessage } from "../../emulator/protocol/agent-message.ts";
import {
  decodeEncryptionChallenge,
  encodeEncryptionChallenge,
} from "../../emulator/protocol/encryption-challenge.ts";
import { decodeHandshakeResponse } from "../../emulator/protocol/handshake.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { ChannelCipher, channelKeys } from "../../emulator/session/channel-cipher.ts";
import type { GeneratedDataKey } from "../../emulator/session/client-handshake.ts";
import shell from "../fixtures/data-channel/kms-encrypted-shell.json" with { type: "json" };
import { comparable, newClientChannel, pluginBytes, replay, TakingClient } from "./client-replay.ts";
import {
  closedFrame,
  completeFrame,
  kmsAction,
  outputFrame,
  requestFrame,
  serverFrame,
  sessionTypeAction,
} from "./server-frames.ts";

const plaintext = Buffer.from(shell.dataKeyHex, "hex");
const dataKey: GeneratedDataKey = {
  type: "data-key",
  plaintext,
  cipherText: Buffer.from(shell.cipherTextKey),
};
const nonceBytes = 12;
/** Encrypts as the agent does. */
const agent = new ChannelCipher(channelKeys(plaintext, "agent"), (length) => randomBytes(length));

/** What the plugin has encrypted, in this order: the answer to the challenge, and its input. */
function pluginNonces(): Uint8Array[] {
  const sealed = pluginBytes(shell).flatMap((bytes) => {
    const { payloadType: type, payload } = decodeAgentMessage(bytes);
    if (type === payloadType.encryptionChallengeResponse) return [decodeEncryptionChallenge(payload)];
    return type === payloadType.output ? [payload] : [];
  });
  return sealed.map((payload) => payload.subarray(0, nonceBytes));
}

describe("our client in the plugin's place, in an encrypted session", () => {
  const client = replay(shell, { dataKey, nonces: pluginNonces() });

  it("sends what the plugin sent, byte for byte", () => {
    const ours = client.sent.map(comparable);
    expect(ours).toEqual(expect.arrayContaining(pluginBytes(shell).map(comparable)));
  });

  it("gives out what the plugin printed", () => {
    expect(client.given).toEqual([
      "data-key-wanted alias/example",
      "session Standard_Stream 3.3.1957.0 This session is encrypted using AWS KMS.",
      "output ENC-READY ",
      "stderr ENC-STDERR ",
      "exit-code 0",
      "output echo:a",
      "output echo:q",
      "closed",
    ]);
  });
});

describe("a client's channel whose server wants encryption", () => {
  const request = requestFrame(0, [sessionTypeAction("Standard_Stream"), kmsAction("key-1")]);
  const challenge = serverFrame(
    1,
    payloadType.encryptionChallengeRequest,
    encodeEncryptionChallenge(agent.encrypt(Buffer.from("challenge"))),
  );
  const sealed = (sequenceNumber: number, text: string) =>
    serverFrame(sequenceNumber, payloadType.output, agent.encrypt(Buffer.from(text)));

  let client: TakingClient;
  beforeEach(() => {
    client = new TakingClient(newClientChannel(), dataKey);
    client.apply(client.channel.attach(0));
  });

  const receive = (...frames: readonly Uint8Array[]) => {
    for (const frame of frames) client.apply(client.channel.receive(frame, 1));
  };
  /** What the client has sent in its stream. */
  const inputs = (): ReceivedMessage[] =>
    client.sent
      .map((frame) => decodeAgentMessage(frame))
      .filter(({ messageType }) => messageType === "input_stream_data");

  it("answers only when there is a data key, and nothing else happens before", () => {
    const { channel } = client;
    const [acknowledge, wanted, ...others] = channel.receive(request, 1);
    expect(acknowledge?.type).toBe("send");
    expect(wanted).toEqual({ type: "data-key-wanted", kmsKeyId: "key-1" });
    expect(others).toEqual([]);
    expect(channel.receive(challenge, 1)).toEqual([]);
    client.apply(channel.dataKey(dataKey, 2));
    expect(inputs().map(({ payloadType: type }) => type)).toEqual([
      payloadType.handshakeResponse,
      payloadType.encryptionChallengeResponse,
    ]);
    const answer = decodeEncryptionChallenge(inputs()[1]?.payload ?? Buffer.alloc(0));
    expect(Buffer.from(agent.decrypt(answer)).toString()).toBe("challenge");
    expect(channel.dataKey(dataKey, 3)).toEqual([]);
  });

  it("says why there is no data key, and encrypts nothing", () => {
    client = new TakingClient(newClientChannel());
    client.apply(client.channel.attach(0));
    receive(request, outputFrame(1, "clear"));
    client.apply(client.channel.sendInput(Buffer.from("clear"), 2));
    expect(decodeHandshakeResponse(inputs()[0]?.payload ?? Buffer.alloc(0)).actions[1]).toMatchObject({
      status: 2,
      error: "Failed to process action KMSEncryption: no key",
    });
    expect(client.given.at(-1)).toBe("output clear");
    expect(Buffer.from(inputs().at(-1)?.payload ?? []).toString()).toBe("clear");
  });

  it("decrypts what came ahead of the handshake in its turn", () => {
    receive(sealed(3, "early"), completeFrame(2), challenge, request);
    expect(client.given.at(-1)).toBe("output early");
  });

  it("encrypts input cut to the plugin's payloads, but neither sizes nor flags", () => {
    receive(request, challenge, completeFrame(2));
    const { channel } = client;
    client.apply(channel.sendInput(Buffer.alloc(1_500, "x"), 3));
    client.apply(channel.sendFlag(2, 3));
    const [, , size, first, second, flag] = inputs().map(({ payload }) => payload);
    expect(Buffer.from(size ?? []).toString()).toBe('{"cols":300,"rows":100}');
    expect(agent.decrypt(first ?? Buffer.alloc(0))).toEqual(Buffer.alloc(1_024, "x"));
    expect(agent.decrypt(second ?? Buffer.alloc(0))).toEqual(Buffer.alloc(476, "x"));
    expect(flag).toEqual(Buffer.from([0, 0, 0, 2]));
  });

  it("leaves flags and payloads of unknown types as they are", () => {
    receive(request, challenge, completeFrame(2), serverFrame(3, 99, Buffer.from("clear")));
    expect(client.given.at(-1)).toBe("output clear");
  });

  it("repeats the same bytes", () => {
    receive(request, challenge, completeFrame(2));
    client.apply(client.channel.sendInput(Buffer.from("x"), 3));
    const sent = client.sent.at(-1);
    client.channel.detach();
    const again = client.channel
      .attach(4)
      .flatMap((effect) => (effect.type === "send" ? [effect.frame] : []));
    expect(again.at(-1)).toEqual(sent);
  });

  it.each([
    ["output in clear", () => outputFrame(3, "clear")],
    ["output under another key", () => serverFrame(3, payloadType.output, Buffer.alloc(100))],
  ])("refuses %s", (_what, frame) => {
    receive(request, challenge, completeFrame(2));
    expect(() => client.channel.receive(frame(), 3)).toThrow(ProtocolError);
  });

  it("refuses a challenge when it was asked for no key, and a request that names none", () => {
    const plain = requestFrame(0, [sessionTypeAction("Standard_Stream")]);
    receive(plain);
    expect(() => client.channel.receive(challenge, 1)).toThrow(ProtocolError);
    const nameless = requestFrame(0, [{ actionType: "KMSEncryption", parameters: null }]);
    expect(() => newClientChannel().receive(nameless, 1)).toThrow(ProtocolError);
  });

  it("is closed at once, also while it waits for the data key", () => {
    const { channel } = client;
    channel.receive(request, 1);
    expect(channel.receive(closedFrame("too late"), 2)).toEqual([{ type: "closed", output: "too late" }]);
    expect(channel.dataKey(dataKey, 3)).toEqual([]);
  });
});
