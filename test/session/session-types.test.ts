import { describe, expect, it } from "vitest";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import {
  DataChannel,
  type DataChannelEffect,
  type DataChannelOptions,
} from "../../emulator/session/data-channel.ts";
import {
  acknowledgeFrameOf as ack,
  flagFrame,
  inputFrame,
  responseFrame,
  responseFrameOf,
  sizeFrame,
  summary,
} from "./client-frames.ts";

const shells = ["Standard_Stream", "InteractiveCommands", "NonInteractiveCommands"] as const;
const mux = { type: "Port", properties: { portNumber: "80", type: "LocalPortForwarding" } } as const;
const stdio = { type: "Port", properties: { portNumber: "22" } } as const;

type Session = NonNullable<DataChannelOptions["session"]>;

function newChannel(session: Session, options: Partial<DataChannelOptions> = {}): DataChannel {
  return new DataChannel({
    sessionId: "alice-0123",
    agentVersion: "3.3.1957.0",
    newMessageId: () => "9fefe01d-6b67-4913-ad47-e0911685cbd6",
    session,
    handshake: "required",
    ...options,
  });
}

/** A session whose client has done its handshake, and acknowledged all of it, at time 0. */
function readyChannel(session: Session, options: Partial<DataChannelOptions> = {}): DataChannel {
  const channel = newChannel(session, options);
  channel.begin(0);
  channel.attachClient(0);
  for (const frame of [ack(0), responseFrame(0), ack(1)]) channel.receive(frame, 0);
  return channel;
}

const text = (value: string) => Buffer.from(value);

function payloadOf(effects: readonly DataChannelEffect[], type: number): string {
  const payloads = effects.flatMap((effect) =>
    effect.type === "send" ? [decodeAgentMessage(effect.frame)] : [],
  );
  const message = payloads.find(({ payloadType }) => payloadType === type);
  return Buffer.from(message?.payload ?? "").toString();
}

describe("a handshake request", () => {
  it.each(shells)("names %s and no properties", (type) => {
    const request = payloadOf(newChannel({ type, properties: null }).attachClient(0), 5);
    expect(JSON.parse(request).RequestedClientActions).toEqual([
      { ActionType: "SessionType", ActionParameters: { SessionType: type, Properties: null } },
    ]);
  });

  it("names a port with its properties", () => {
    expect(JSON.parse(payloadOf(newChannel(mux).attachClient(0), 5)).RequestedClientActions).toEqual([
      { ActionType: "SessionType", ActionParameters: { SessionType: "Port", Properties: mux.properties } },
    ]);
  });
});

describe("a session that requires the handshake", () => {
  const timedOut =
    "failed Encountered error while initiating handshake. Handshake timed out. Please ensure that you have the latest version of the session manager plugin.";

  it("fails after 15 seconds to which no client came", () => {
    const channel = newChannel(mux);
    channel.begin(1_000);
    expect(channel.nextDeadline()).toBe(16_000);
    expect(channel.onDeadline(15_999)).toEqual([]);
    expect(summary(channel.onDeadline(16_000))).toEqual([timedOut]);
    expect(channel.nextDeadline()).toBeUndefined();
    channel.close("sorry", 16_000);
    expect(summary(channel.attachClient(20_000))).toEqual(["channel_closed sorry", "closed"]);
  });

  it("counts them from its begin, over all clients", () => {
    const channel = newChannel(mux);
    channel.begin(0);
    channel.attachClient(5_000);
    channel.receive(ack(0), 5_000);
    channel.detachClient();
    channel.attachClient(9_000);
    expect(channel.nextDeadline()).toBe(15_000);
    expect(summary(channel.onDeadline(15_000))).toEqual([timedOut]);
  });

  it("waits for no handshake any more once it ends", () => {
    const channel = newChannel(mux);
    channel.begin(0);
    channel.close("", 1);
    expect(channel.nextDeadline()).toBeUndefined();
    expect(summary(channel.attachClient(2))).toEqual(["channel_closed", "closed"]);
  });

  it("says nothing before it, and takes nothing but sizes", () => {
    const channel = newChannel({ type: "NonInteractiveCommands", properties: null });
    channel.begin(0);
    channel.attachClient(0);
    channel.acceptInput(0);
    channel.receive(ack(0), 0);
    expect(summary(channel.sendOutput(text("early"), 0))).toEqual([]);
    expect(summary(channel.receive(inputFrame(0, "x"), 1))).toEqual(["ack 0"]);
    expect(summary(channel.receive(flagFrame(1, 2), 1))).toEqual(["ack 1"]);
    expect(summary(channel.receive(sizeFrame(2, 90, 30), 1))).toEqual(["ack 2", "resize 90x30"]);
    expect(summary(channel.receive(responseFrame(3), 2))).toEqual([
      "ack 3",
      "client-ready 1.2.707.0",
      "complete 1",
    ]);
  });

  it("tells how long it took from the begin, in nanoseconds", () => {
    const channel = newChannel(mux);
    channel.begin(100);
    channel.attachClient(150);
    expect(payloadOf(channel.receive(responseFrame(0), 175), 7)).toBe(
      '{"HandshakeTimeToComplete":75000000,"CustomerMessage":""}',
    );
  });

  it("fails with the agent's words for the last action that failed on the client", () => {
    const channel = newChannel(mux);
    channel.attachClient(0);
    const actions = ["one", "two", "three"].map((actionType, index) => ({
      actionType,
      status: [2, 0, 1][index] ?? 1,
      result: null,
      error: "no",
    }));
    expect(summary(channel.receive(responseFrameOf(0, { actions }), 1))).toEqual([
      "ack 0",
      "failed Encountered error while initiating handshake. two failed on client with status 0 error: no",
    ]);
    expect(summary(channel.receive(responseFrame(1), 2))).toEqual(["ack 1"]);
  });
});

describe("the hint to a client that knows no separate output", () => {
  const hint =
    "Please update session manager plugin version (minimum required version 1.2.312.0) for fully support of separate StdOut/StdErr output.\r\n";

  it.each([
    ["1.2.0.0", true, hint],
    ["1.2.295", true, hint],
    ["1.2.295.0", true, ""],
    ["1.2.312.0", true, ""],
    ["1.2.0.0", false, ""],
  ])("for %s, asked for: %s", (clientVersion, separateOutput, customerMessage) => {
    const channel = newChannel({ type: "NonInteractiveCommands", properties: null }, { separateOutput });
    channel.attachClient(0);
    const complete = payloadOf(channel.receive(responseFrameOf(0, { clientVersion }), 0), 7);
    expect(JSON.parse(complete).CustomerMessage).toBe(customerMessage);
  });
});

describe.each(shells)("the first output of %s", (type) => {
  it("waits for a size, or for 1.5 seconds", () => {
    const channel = readyChannel({ type, properties: null });
    expect(summary(channel.sendOutput(text("hello"), 100))).toEqual([]);
    expect(channel.writable).toBe(false);
    expect(summary(channel.receive(sizeFrame(1, 90, 30), 101))).toEqual([
      "output 2 hello",
      "ack 1",
      "writable",
    ]);
    const silent = readyChannel({ type, properties: null });
    silent.sendOutput(text("hello"), 100);
    expect(silent.nextDeadline()).toBe(1_500);
    expect(summary(silent.onDeadline(1_500))).toEqual(["output 2 hello", "writable"]);
  });
});

describe.each([
  ["a basic client", mux, { agentVersion: "3.0.196.0" }],
  ["a client's standard streams", stdio, {}],
] as const)("the first output to %s", (_name, session, options) => {
  it("waits for input, or for 20 ms", () => {
    const channel = readyChannel(session, options);
    channel.acceptInput(0);
    expect(summary(channel.sendOutput(text("hello"), 1))).toEqual([]);
    expect(summary(channel.receive(inputFrame(1, "a"), 2))).toEqual([
      "output 2 hello",
      "ack 1",
      "input a",
      "writable",
    ]);
    const silent = readyChannel(session, options);
    silent.sendOutput(text("hello"), 1);
    expect(silent.nextDeadline()).toBe(20);
    expect(summary(silent.onDeadline(20))).toEqual(["output 2 hello", "writable"]);
  });

  it("does not hold back acknowledges and the end", () => {
    const channel = readyChannel(session, options);
    expect(summary(channel.receive(responseFrame(0), 1))).toEqual(["ack 0"]);
    expect(summary(channel.close("no", 2))).toEqual(["channel_closed no", "closed"]);
  });
});

describe("a multiplexing client", () => {
  it("hears nothing at all, not even an acknowledge, before its first bytes", () => {
    const channel = readyChannel(mux);
    channel.acceptInput(0);
    expect(summary(channel.sendOutput(text("hello"), 1))).toEqual([]);
    expect(summary(channel.sendFlag(3, 1))).toEqual([]);
    expect(summary(channel.receive(responseFrame(0), 2))).toEqual([]);
    expect(summary(channel.receive(inputFrame(2, "b"), 3))).toEqual([]);
    expect(summary(channel.receive(inputFrame(1, "a"), 4))).toEqual([
      "output 2 hello",
      "flag 3 3",
      "ack 1",
      "input a",
      "input b",
      "writable",
    ]);
    expect(summary(channel.receive(inputFrame(2, "b"), 5))).toEqual(["ack 2"]);
  });

  it("is in place 250 ms after it has acknowledged the end of the handshake", () => {
    const channel = newChannel(mux);
    channel.attachClient(0);
    for (const frame of [ack(0), responseFrame(0)]) channel.receive(frame, 0);
    channel.sendOutput(text("hello"), 1);
    channel.receive(ack(1), 200);
    expect(channel.nextDeadline()).toBe(450);
    expect(summary(channel.onDeadline(450))).toEqual(["output 2 hello", "writable"]);
    expect(summary(channel.receive(responseFrame(0), 451))).toEqual(["ack 0"]);
  });

  it("that is slow gets the end of the handshake again, and nothing else", () => {
    const channel = newChannel(mux);
    channel.attachClient(0);
    for (const frame of [ack(0), responseFrame(0)]) channel.receive(frame, 0);
    channel.sendOutput(text("hello"), 1);
    expect(channel.nextDeadline()).toBe(2_000);
    expect(summary(channel.onDeadline(2_000))).toEqual(["complete 1"]);
    expect(channel.nextDeadline()).toBe(4_000);
    expect(summary(channel.receive(responseFrame(0), 2_001))).toEqual([]);
  });

  it("is told the end no earlier", () => {
    const channel = readyChannel(mux);
    expect(summary(channel.close("forbidden", 1))).toEqual([]);
    expect(summary(channel.onDeadline(250))).toEqual(["channel_closed forbidden", "closed"]);
  });

  it("is told the end after 2 seconds even when it never acknowledged anything", () => {
    const channel = newChannel(mux);
    channel.attachClient(0);
    channel.receive(responseFrame(0), 0);
    channel.close("", 0);
    let now = 0;
    const effects: string[] = [];
    while (!effects.includes("closed")) {
      now = channel.nextDeadline() ?? Number.NaN;
      effects.push(...summary(channel.onDeadline(now)));
    }
    expect(now).toBe(2_000);
  });

  it("may end the session first of all", () => {
    expect(summary(readyChannel(mux).receive(flagFrame(1, 2), 1))).toEqual(["ack 1", "terminate-requested"]);
  });

  it("that comes back has its time again", () => {
    const channel = readyChannel(mux);
    channel.detachClient();
    expect(channel.nextDeadline()).toBeUndefined();
    expect(summary(channel.attachClient(1_000))).toEqual([]);
    expect(summary(channel.receive(responseFrame(0), 1_001))).toEqual([]);
    expect(channel.nextDeadline()).toBe(1_250);
  });

  it("is one from version 1.1.70 on", () => {
    const channel = newChannel(mux);
    channel.attachClient(0);
    channel.receive(responseFrameOf(0, { clientVersion: "1.1.69.0" }), 0);
    expect(summary(channel.receive(responseFrame(0), 1))).toEqual(["ack 0"]);
  });
});

describe("what a port carries", () => {
  it("is sent in larger payloads than a shell's, so that fewer are to be acknowledged", () => {
    const channel = readyChannel(stdio);
    channel.onDeadline(20);
    const lengths = channel
      .sendOutput(Buffer.alloc(160 * 1024), 21)
      .map((effect) => (effect.type === "send" ? effect.frame.length - 120 : undefined));
    expect(lengths).toEqual([128 * 1024, 32 * 1024]);
  });

  it("leaves as it comes, no byte held back", () => {
    const channel = readyChannel(stdio, { limits: { maxPayloadBytes: 4 } });
    channel.onDeadline(20);
    const sent = channel
      .sendOutput(Buffer.of(1, 2, 3, 0xe2, 0x82), 21)
      .flatMap((effect) => (effect.type === "send" ? [decodeAgentMessage(effect.frame).payload] : []));
    expect(sent.map((payload) => [...payload])).toEqual([[1, 2, 3, 0xe2], [0x82]]);
  });
});
