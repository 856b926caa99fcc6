import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { decodeFlag, flag } from "../../emulator/protocol/flag.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import {
  DataChannel,
  type DataChannelEffect,
  type DataChannelOptions,
} from "../../emulator/session/data-channel.ts";
import interactive from "../fixtures/data-channel/interactive-commands.json" with { type: "json" };
import command from "../fixtures/data-channel/non-interactive-commands.json" with { type: "json" };
import captures from "../fixtures/data-channel/port-sessions.json" with { type: "json" };
import resumed from "../fixtures/data-channel/resume-after-drop.json" with { type: "json" };
import shell from "../fixtures/data-channel/standard-stream-shell.json" with { type: "json" };
import { acknowledgeFrameOf as ack, clientFrame, responseFrame, summary } from "./client-frames.ts";
import { portSession } from "./port-sessions.ts";

interface Capture {
  readonly frames: readonly { readonly direction: string; readonly opcode: string; readonly hex: string }[];
}

/** What the channel does with each of the plugin's frames; a text frame, which holds the token, attaches a client. */
function replay({ frames }: Capture, options: Partial<DataChannelOptions> = {}): string[][] {
  const channel = newChannel(options);
  channel.acceptInput(0);
  return frames
    .filter(({ direction }) => direction === "client-to-server")
    .map(({ opcode, hex }, now) =>
      summary(opcode === "text" ? channel.attachClient(now) : channel.receive(Buffer.from(hex, "hex"), now)),
    );
}

function newChannel(options: Partial<DataChannelOptions>): DataChannel {
  return new DataChannel({
    sessionId: "operator-0123456789abcdef0",
    agentVersion: "3.3.1957.0",
    newMessageId: () => crypto.randomUUID(),
    ...options,
  });
}

describe("a captured session", () => {
  it("of the plugin gives its keys, sizes and acknowledges", () => {
    expect(replay(shell)).toEqual([
      ["request 0"],
      [],
      ["ack 0", "client-ready 1.2.0.0", "complete 1"],
      [],
      ["ack 1", "resize 90x30"],
      [],
      ["ack 2", "input e"],
      ["ack 3", 'input cho hello-$((40+2)); printf "\\303\\251\\n"'],
      ["ack 4", "input \r"],
      // The plugin repeats a frame whose acknowledge was slow.
      ["ack 2"],
      ["ack 5", "input \u0003"],
      ["ack 6", "resize 120x40"],
      ["ack 7", "input stty size\n"],
      ["ack 8", "input exit"],
      ["ack 9", "input \r"],
    ]);
  });

  it("of an interactive command does the handshake", () => {
    const session = { type: "InteractiveCommands", properties: null } as const;
    // The capture leaves out the size, so what comes after it is early.
    expect(replay(interactive, { session, handshake: "required" }).flat()).toEqual([
      "request 0",
      "ack 0",
      "client-ready 1.2.0.0",
      "complete 1",
      "ack 2",
      "ack 3",
    ]);
  });

  it("of a command leaves as it was captured", () => {
    const session = { type: "NonInteractiveCommands", properties: null } as const;
    const [ofToken, ...others] = replay(command, { session, handshake: "required", separateOutput: false });
    expect(ofToken).toEqual(["request 0"]);
    expect(others.flat()).toEqual(["ack 0", "client-ready 1.2.0.0", "complete 1", "ack 1", "resize 300x100"]);
  });

  it("of a plugin whose connection broke goes on without a second handshake", () => {
    expect(replay(resumed)).toEqual([
      ["request 0"],
      [],
      ["ack 0", "client-ready 1.2.0.0", "complete 1"],
      [],
      ["ack 1", "resize 300x100"],
      [],
      [],
    ]);
  });
});

/** A captured port session from its handshake on: what came out for the plugin of the node, and for the client. */
function replayPort({ agentVersion, properties, name }: (typeof captures.conversations)[number]) {
  const session = { type: "Port", properties: texts(properties) } as const;
  const channel = newChannel({ agentVersion, session, handshake: "required" });
  channel.acceptInput(0);
  channel.attachClient(0);
  for (const frame of [ack(0), responseFrame(0), ack(1)]) channel.receive(frame, 0);
  const effects: DataChannelEffect[] = [];
  let received = 1;
  for (const [index, { from, payloadType: type, payload }] of portSession(name).payloads.entries()) {
    const now = 1_000 * (index + 1);
    effects.push(...channel.onDeadline(now));
    if (from === "client") effects.push(...channel.receive(clientFrame(received++, type, payload), now));
    else if (type === payloadType.flag) effects.push(...channel.sendFlag(decodeFlag(payload), now));
    else effects.push(...channel.sendOutput(payload, now));
  }
  const sent = effects
    .flatMap((effect) => (effect.type === "send" ? [decodeAgentMessage(effect.frame)] : []))
    .filter((message) => message.messageType === "output_stream_data");
  const once = new Map(sent.map((message) => [message.sequenceNumber, message]));
  return { effects, sent: [...once.values()] };
}

function texts(properties: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

describe("a captured port session", () => {
  it.each(captures.conversations)("goes through unchanged: $name", (conversation) => {
    const { payloads, clientOutput } = portSession(conversation.name);
    const { effects, sent } = replayPort(conversation);
    const input = effects.flatMap((effect) => (effect.type === "input" ? [effect.bytes] : []));
    expect(Buffer.concat(input).equals(Buffer.concat(clientOutput))).toBe(true);
    const ofServer = payloads.filter(({ from }) => from === "server");
    expect(
      sent.map((message) => [message.payloadType, Buffer.from(message.payload).toString("hex")]),
    ).toEqual(ofServer.map(({ payloadType: type, payload }) => [type, payload.toString("hex")]));
    const flags = payloads.filter(
      ({ from, payloadType: type }) => from === "client" && type === payloadType.flag,
    );
    expect(effects.filter(({ type }) => type === "flag" || type === "terminate-requested")).toEqual(
      flags.map(({ payload }) =>
        decodeFlag(payload) === flag.terminateSession
          ? { type: "terminate-requested" }
          : { type: "flag", value: decodeFlag(payload) },
      ),
    );
  });
});

describe("the npm package ssm-session", () => {
  const { ssm } = createRequire(import.meta.url)("ssm-session") as {
    readonly ssm: {
      buildInitMessage(size: { readonly cols: number; readonly rows: number }): Uint8Array;
      buildInputMessage(text: string, sequenceNumber: number): Uint8Array;
      buildAcknowledge(messageType: string, sequenceNumber: number, messageId: string): Uint8Array;
    };
  };

  it("gets a shell without any handshake", () => {
    const channel = new DataChannel({
      sessionId: "alice-0123",
      agentVersion: "3.3.1957.0",
      newMessageId: () => crypto.randomUUID(),
    });
    channel.acceptInput(0);
    channel.attachClient(0);
    channel.sendOutput(Buffer.from("$ "), 0);
    expect(summary(channel.receive(ssm.buildInitMessage({ cols: 80, rows: 24 }), 1))).toEqual([
      "client-ready undefined",
      "output 1 $",
      "ack 0",
      "resize 80x24",
      "writable",
    ]);
    expect(summary(channel.receive(ssm.buildInputMessage("ls\r", 1), 2))).toEqual(["ack 1", "input ls\r"]);
    // It acknowledges whatever it gets, our acknowledges included, whose number is 0.
    for (const sequenceNumber of [0, 1, 0, 0]) {
      channel.receive(ssm.buildAcknowledge("output_stream_data", sequenceNumber, crypto.randomUUID()), 3);
    }
    expect(channel.nextDeadline()).toBeUndefined();
  });
});
