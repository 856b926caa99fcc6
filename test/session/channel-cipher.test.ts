import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeEncryptionChallenge } from "../../emulator/protocol/encryption-challenge.ts";
import {
  ChannelCipher,
  channelKeys,
  dataKeyBytes,
  sealBytes,
} from "../../emulator/session/channel-cipher.ts";
import agentSession from "../fixtures/data-channel/agent-kms-session.json" with { type: "json" };
import shell from "../fixtures/data-channel/kms-encrypted-shell.json" with { type: "json" };

const bytes = (hex: string) => Buffer.from(hex, "hex");

function ends(dataKey: Uint8Array) {
  return {
    agent: new ChannelCipher(channelKeys(dataKey, "agent"), (length) => randomBytes(length)),
    client: new ChannelCipher(channelKeys(dataKey, "client"), (length) => randomBytes(length)),
  };
}

const withPlain = <T extends object>(item: T): item is T & { readonly plain: string } => "plain" in item;

describe("a channel's cipher", () => {
  it.each(agentSession.payloads.filter(withPlain))(
    "reads what agent and plugin said to each other: $plain",
    ({ dir, payloadHex, plain }) => {
      const { agent, client } = ends(bytes(agentSession.dataKeyHex));
      const receiver = dir === "agent->" ? client : agent;
      expect(Buffer.from(receiver.decrypt(bytes(payloadHex))).toString()).toBe(plain);
    },
  );

  it.each(shell.frames.filter(withPlain))(
    "reads the plugin's session: $name",
    ({ direction, hex, plain }) => {
      const { agent, client } = ends(bytes(shell.dataKeyHex));
      const receiver = direction === "server-to-client" ? client : agent;
      expect(Buffer.from(receiver.decrypt(decodeAgentMessage(bytes(hex)).payload)).toString()).toBe(plain);
    },
  );

  it.each(["EncChallengeRequest", "EncChallengeResponse"])(
    "reads the challenge in the plugin's %s",
    (name) => {
      const frame = shell.frames.find((recorded) => recorded.name.endsWith(name));
      const { agent, client } = ends(bytes(shell.dataKeyHex));
      const challenge = decodeEncryptionChallenge(decodeAgentMessage(bytes(frame?.hex ?? "")).payload);
      const receiver = name === "EncChallengeRequest" ? client : agent;
      expect(Buffer.from(receiver.decrypt(challenge)).toString("hex")).toBe(shell.challengeHex);
    },
  );

  it.each([0, 1, 1024, 100_000])("gives %i bytes to the other end", (length) => {
    const { agent, client } = ends(randomBytes(dataKeyBytes));
    const plain = randomBytes(length);
    const sealed = agent.encrypt(plain);
    expect(sealed).toHaveLength(length + sealBytes);
    expect(client.decrypt(sealed)).toEqual(plain);
    expect(agent.decrypt(client.encrypt(plain))).toEqual(plain);
  });

  it("puts the nonce in front, another one each time", () => {
    let count = 0;
    const cipher = new ChannelCipher(channelKeys(Buffer.alloc(dataKeyBytes), "client"), (length) =>
      Buffer.alloc(length, ++count),
    );
    const nonces = [1, 2].map(() =>
      Buffer.from(cipher.encrypt(Buffer.from("a")).subarray(0, 12)).toString("hex"),
    );
    expect(nonces).toEqual(["01".repeat(12), "02".repeat(12)]);
  });

  it("refuses what is changed, cut, or encrypted by its own end", () => {
    const { agent, client } = ends(randomBytes(dataKeyBytes));
    const sealed = agent.encrypt(Buffer.from("text"));
    const changed = sealed.map((byte, index) => (index === sealed.length - 1 ? byte ^ 1 : byte));
    const prefixes = Array.from(sealed, (_, length) => sealed.subarray(0, length));
    for (const wrong of [changed, client.encrypt(Buffer.from("text")), ...prefixes]) {
      expect(() => client.decrypt(wrong)).toThrow(expect.objectContaining({ code: "frame-malformed" }));
    }
  });
});
