import { describe, expect, it } from "vitest";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeEncryptionChallenge } from "../../emulator/protocol/encryption-challenge.ts";
import { encodeKmsResult } from "../../emulator/protocol/kms-action.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { ChannelCipher, channelKeys } from "../../emulator/session/channel-cipher.ts";
import {
  DataChannel,
  type DataChannelEffect,
  type DataChannelOptions,
} from "../../emulator/session/data-channel.ts";
import agentSession from "../fixtures/data-channel/agent-kms-session.json" with { type: "json" };
import capture from "../fixtures/data-channel/kms-encrypted-shell.json" with { type: "json" };
import {
  acknowledgeFrameOf as ack,
  clientFrame,
  inputFrame,
  responseFrame,
  responseFrameOf,
  sizeFrame,
  summary,
} from "./client-frames.ts";

type Encryption = NonNullable<DataChannelOptions["encryption"]>;

const hex = (text: string) => Buffer.from(text, "hex");
const dataKey = hex(capture.dataKeyHex);
let nonces = 0;

/** Random bytes but for the challenge. */
function bytes(secret: Uint8Array): (length: number) => Uint8Array {
  return (length) => (length === secret.length ? secret : Buffer.alloc(length, ++nonces));
}

function encryption(changes: Partial<Encryption> = {}): Encryption {
  return {
    kmsKeyId: "alias/example",
    challenge: Buffer.alloc(16, 1),
    decryptDataKey: () => ({ type: "data-key", plaintext: dataKey }),
    randomBytes: bytes(hex(capture.challengeHex)),
    ...changes,
  };
}

function newChannel(changes: Partial<Encryption> = {}): DataChannel {
  return new DataChannel({
    sessionId: "operator-0123456789abcdf00",
    agentVersion: "3.3.1957.0",
    newMessageId: () => crypto.randomUUID(),
    session: { type: "Standard_Stream", properties: null },
    handshake: "required",
    encryption: encryption(changes),
  });
}

const client = new ChannelCipher(channelKeys(dataKey, "client"), bytes(new Uint8Array(0)));

function kmsResponse(cipherText = "opaque", challengeAcknowledged = false): Uint8Array {
  const done = { status: 1, result: null, error: "" };
  const result = encodeKmsResult({ cipherText: Buffer.from(cipherText), challengeAcknowledged });
  const actions = [
    { ...done, actionType: "SessionType" },
    { ...done, actionType: "KMSEncryption", result },
  ];
  return responseFrameOf(0, { actions });
}

function challengeResponse(sequenceNumber: number, sealed: Uint8Array): Uint8Array {
  const payload = JSON.stringify({ Challenge: Buffer.from(sealed).toString("base64") });
  return clientFrame(sequenceNumber, payloadType.encryptionChallengeResponse, Buffer.from(payload));
}

const answer = (sequenceNumber: number) =>
  challengeResponse(sequenceNumber, client.encrypt(hex(capture.challengeHex)));

/** A session whose client has the key, at time 0, with nothing unacknowledged. */
function openChannel(): DataChannel {
  const channel = newChannel();
  channel.attachClient(0);
  channel.acceptInput(0);
  for (const frame of [ack(0), kmsResponse(), ack(1), answer(1), ack(2), sizeFrame(2, 90, 30)]) {
    channel.receive(frame, 0);
  }
  return channel;
}

function messages(effects: readonly DataChannelEffect[]) {
  return effects.flatMap((effect) => (effect.type === "send" ? [decodeAgentMessage(effect.frame)] : []));
}

const sealed = (text: string) => client.encrypt(Buffer.from(text));

describe("an encrypted session", () => {
  it("takes a captured one of the plugin", () => {
    const cipherTexts: string[] = [];
    const channel = newChannel({
      decryptDataKey: (cipherText, { challengeAcknowledged }) => {
        cipherTexts.push(`${Buffer.from(cipherText).toString()} ${challengeAcknowledged}`);
        return { type: "data-key", plaintext: dataKey };
      },
    });
    channel.acceptInput(0);
    const effects = capture.frames
      .filter(({ direction }) => direction === "client-to-server")
      .flatMap(({ opcode, hex: frame }, now) =>
        summary(opcode === "text" ? channel.attachClient(now) : channel.receive(hex(frame), now)),
      );
    expect(effects).toEqual([
      "request 0",
      "ack 0",
      "challenge 1",
      "ack 1",
      "client-ready 1.2.0.0",
      "complete 2",
      "ack 2",
      expect.stringMatching(/^resize /),
      "ack 3",
      "input a",
      "ack 4",
      "input q",
    ]);
    expect(cipherTexts).toEqual([`${capture.cipherTextKey} false`]);
  });

  it("says and takes what the agent did with the same client", () => {
    const key = hex(agentSession.dataKeyHex);
    const cipher = new ChannelCipher(channelKeys(key, "client"), bytes(new Uint8Array(0)));
    const payloads = agentSession.payloads.map(({ dir, payloadType: type, payloadHex }) => ({
      isAgent: dir === "agent->",
      type,
      payload: hex(payloadHex),
    }));
    const ofAgent = (type: number) =>
      payloads.find((sent) => sent.isAgent && sent.type === type)?.payload ?? hex("");
    const request = JSON.parse(ofAgent(payloadType.handshakeRequest).toString());
    const { KMSKeyId, Challenge } = request.RequestedClientActions[1].ActionParameters;
    const secret = cipher.decrypt(decodeEncryptionChallenge(ofAgent(payloadType.encryptionChallengeRequest)));
    const channel = new DataChannel({
      sessionId: "alice-0123",
      agentVersion: "3.3.0.0",
      newMessageId: () => crypto.randomUUID(),
      handshake: "required",
      encryption: encryption({
        kmsKeyId: KMSKeyId,
        challenge: Buffer.from(Challenge, "base64"),
        decryptDataKey: () => ({ type: "data-key", plaintext: key }),
        randomBytes: bytes(secret),
      }),
    });
    channel.acceptInput(0);
    const effects = channel.attachClient(0);
    const inputs = payloads.filter(({ isAgent }) => !isAgent);
    const repeated = inputs.findIndex(({ type }, index) => type === payloadType.size && index > 3);
    for (const [sequenceNumber, { type, payload }] of inputs
      .toSpliced(repeated, repeated < 0 ? 0 : 1)
      .entries()) {
      effects.push(...channel.receive(clientFrame(sequenceNumber, type, payload), 0));
    }
    const sent = (type: number) => messages(effects).find((message) => message.payloadType === type);
    expect(JSON.parse(Buffer.from(sent(5)?.payload ?? "").toString())).toEqual(request);
    expect(JSON.parse(Buffer.from(sent(7)?.payload ?? "").toString())).toMatchObject({
      CustomerMessage: JSON.parse(ofAgent(payloadType.handshakeComplete).toString()).CustomerMessage,
    });
    expect(summary(effects).filter((line) => line.startsWith("input"))).toEqual([
      "input id\n",
      "input exit\n",
    ]);
  });

  it("seals output of every kind, and flags not", () => {
    const channel = openChannel();
    const sent = messages([
      ...channel.sendOutput(Buffer.from("out"), 0),
      ...channel.sendOutput(Buffer.from("err"), 0, "stderr"),
      ...channel.sendOutput(Buffer.from("EXIT_CODE: 0"), 0, "exit-code"),
      ...channel.sendFlag(3, 0),
    ]);
    const opened = sent.map(({ payloadType: type, payload }) =>
      type === payloadType.flag ? [...payload] : Buffer.from(client.decrypt(payload)).toString(),
    );
    expect(opened).toEqual(["out", "err", "EXIT_CODE: 0", [0, 0, 0, 3]]);
  });

  it("seals even the empty payload that asks a client that came back what it has", () => {
    const channel = openChannel();
    channel.sendOutput(Buffer.from("out"), 0);
    channel.detachClient();
    const probe = messages(channel.attachClient(1)).at(-1);
    expect([...client.decrypt(probe?.payload ?? hex(""))]).toEqual([]);
  });

  it("leaves input that it cannot read unacknowledged, as the agent, and takes it when it is good", () => {
    const channel = openChannel();
    expect(summary(channel.receive(inputFrame(3, "in the clear"), 1))).toEqual([]);
    expect(summary(channel.receive(clientFrame(3, 1, Buffer.alloc(40)), 1))).toEqual([]);
    expect(summary(channel.receive(clientFrame(3, 1, sealed("ls")), 2))).toEqual(["ack 3", "input ls"]);
  });

  it("takes input that overtook the handshake", () => {
    const channel = newChannel();
    channel.acceptInput(0);
    channel.attachClient(0);
    expect(summary(channel.receive(clientFrame(2, 1, sealed("a")), 0))).toEqual(["ack 2"]);
    channel.receive(kmsResponse(), 0);
    expect(summary(channel.receive(answer(1), 0))).toEqual([
      "ack 1",
      "client-ready 1.2.707.0",
      "complete 2",
      "input a",
    ]);
  });

  it.each([true, false])("knows whether the client took the challenge into its key: %s", (isAcknowledged) => {
    const told: boolean[] = [];
    const channel = newChannel({
      decryptDataKey: (_cipherText, { challengeAcknowledged }) => {
        told.push(challengeAcknowledged);
        return { type: "data-key", plaintext: dataKey };
      },
    });
    channel.attachClient(0);
    channel.receive(kmsResponse("opaque", isAcknowledged), 0);
    expect(told).toEqual([isAcknowledged]);
  });
});

const prefix = "failed Encountered error while initiating handshake. ";

describe("an encrypted session fails", () => {
  it("when KMS does not decrypt the key", () => {
    const channel = newChannel({
      decryptDataKey: () => ({ type: "failed", reason: "AccessDeniedException: no" }),
    });
    channel.attachClient(0);
    expect(summary(channel.receive(kmsResponse(), 0))).toEqual([
      "ack 0",
      `${prefix}Fetching data key failed: Unable to retrieve data key, Error when decrypting data key AccessDeniedException: no`,
    ]);
  });

  it("when the key is no data key", () => {
    const channel = newChannel({ decryptDataKey: () => ({ type: "data-key", plaintext: Buffer.alloc(48) }) });
    channel.attachClient(0);
    expect(summary(channel.receive(kmsResponse(), 0)).at(-1)).toBe(
      `${prefix}Fetching data key failed: Error creating NewCipher, crypto/aes: invalid key size 16`,
    );
  });

  it("when the client passes over the key", () => {
    const channel = newChannel();
    channel.attachClient(0);
    expect(summary(channel.receive(responseFrame(0), 0)).at(-1)).toContain(prefix);
  });

  it.each([
    ["wrong", (sequenceNumber: number) => challengeResponse(sequenceNumber, sealed("something else"))],
    [
      "sealed with another key",
      (sequenceNumber: number) => challengeResponse(sequenceNumber, Buffer.alloc(92)),
    ],
  ])("15 seconds after a challenge whose answer is %s", (_name, wrong) => {
    const channel = newChannel();
    channel.begin(0);
    channel.attachClient(0);
    channel.receive(ack(0), 1_000);
    channel.receive(kmsResponse(), 1_000);
    channel.receive(ack(1), 1_000);
    expect(summary(channel.receive(wrong(1), 1_001))).toEqual([]);
    channel.detachClient();
    channel.attachClient(2_000);
    expect(channel.nextDeadline()).toBe(16_000);
    expect(summary(channel.onDeadline(16_000))).toEqual([
      `${prefix}Timed out waiting for encryption challenge.`,
    ]);
  });

  it("when a right answer follows a wrong one", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.receive(kmsResponse(), 0);
    channel.receive(challengeResponse(1, sealed("something else")), 0);
    expect(summary(channel.receive(answer(1), 0))).toEqual([
      "ack 1",
      `${prefix}Encryption challenge does not match!`,
    ]);
  });
});
