import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../emulator/errors.ts";
import { decodeAgentMessage, verifyDigest } from "../../emulator/protocol/agent-message.ts";
import { DataChannel, type DataChannelEffect } from "../../emulator/session/data-channel.ts";
import type { DataChannelLimits } from "../../emulator/session/data-channel-limits.ts";
import {
  acknowledgeFrameOf as ack,
  clientFrame,
  flagFrame,
  inputFrame,
  responseFrame,
  sizeFrame,
  summary,
} from "./client-frames.ts";

function newChannel(limits: Partial<DataChannelLimits> = {}): DataChannel {
  return new DataChannel({
    sessionId: "alice-0123",
    agentVersion: "3.3.1957.0",
    newMessageId: () => "9fefe01d-6b67-4913-ad47-e0911685cbd6",
    limits,
  });
}

/** A channel whose client has done its handshake and sent its size, with a shell, nothing unacknowledged, at time 0. */
function openChannel(limits: Partial<DataChannelLimits> = {}): DataChannel {
  const channel = newChannel(limits);
  channel.acceptInput(0);
  channel.attachClient(0);
  for (const frame of [ack(0), responseFrame(0), ack(1), sizeFrame(1, 90, 30)]) channel.receive(frame, 0);
  return channel;
}

const text = (value: string) => Buffer.from(value);

function frameOf(effects: readonly DataChannelEffect[]): Uint8Array {
  const [frame] = effects.flatMap((effect) => (effect.type === "send" ? [effect.frame] : []));
  if (frame === undefined) throw new Error("No frame was sent");
  return frame;
}

describe("handshake", () => {
  it("begins with a request that the plugin accepts", () => {
    const message = decodeAgentMessage(frameOf(newChannel().attachClient(1_000)));
    expect(message).toMatchObject({ sequenceNumber: 0, flags: 1, createdAt: 1_000, payloadType: 5 });
    expect(verifyDigest(message)).toBe(true);
    expect(Buffer.from(message.payload).toString()).toBe(
      '{"AgentVersion":"3.3.1957.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Standard_Stream","Properties":null}}]}',
    );
  });

  it("acknowledges the response before it is complete", () => {
    const channel = newChannel();
    channel.attachClient(0);
    const effects = channel.receive(responseFrame(0), 5);
    expect(summary(effects)).toEqual(["ack 0", "client-ready 1.2.707.0", "complete 1"]);
  });

  it("tells how long it took, in nanoseconds", () => {
    const channel = newChannel();
    channel.attachClient(100);
    const complete = channel.receive(responseFrame(0), 105).at(-1);
    if (complete?.type !== "send") throw new Error("No frame was sent");
    expect(Buffer.from(decodeAgentMessage(complete.frame).payload).toString()).toBe(
      '{"HandshakeTimeToComplete":5000000,"CustomerMessage":""}',
    );
  });

  it("holds the first output until the client's first size", () => {
    const channel = newChannel();
    channel.acceptInput(0);
    channel.attachClient(0);
    expect(summary(channel.sendOutput(text("$ "), 1))).toEqual([]);
    expect(channel.writable).toBe(false);
    channel.receive(responseFrame(0), 2);
    expect(summary(channel.receive(sizeFrame(1, 90, 30), 3))).toEqual([
      "output 2 $",
      "ack 1",
      "resize 90x30",
      "writable",
    ]);
    expect(channel.writable).toBe(true);
  });

  it("gives the first output to a client that sends no size in time", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.sendOutput(text("$ "), 0);
    channel.receive(ack(0), 100);
    channel.receive(responseFrame(0), 100);
    channel.receive(ack(1), 100);
    expect(channel.nextDeadline()).toBe(1_600);
    expect(summary(channel.onDeadline(1_599))).toEqual([]);
    expect(summary(channel.onDeadline(1_600))).toEqual(["output 2 $", "writable"]);
  });

  it("gives output to a client that never answers", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.sendOutput(text("$ "), 0);
    channel.receive(ack(0), 1);
    expect(channel.nextDeadline()).toBe(2_001);
    expect(summary(channel.onDeadline(2_001))).toEqual(["client-ready undefined", "output 1 $", "writable"]);
  });

  it("is not given up while the client has not even acknowledged the request", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.sendOutput(text("$ "), 0);
    for (let now = 0; now < 60_000; now = channel.nextDeadline() ?? 60_000) {
      expect(summary(channel.onDeadline(now)).filter((effect) => effect !== "request 0")).toEqual([]);
    }
    channel.receive(ack(0), 60_000);
    expect(summary(channel.receive(responseFrame(0), 60_001))).toContain("client-ready 1.2.707.0");
  });

  it.each([
    ["a size", sizeFrame(0, 80, 24), ["client-ready undefined", "output 1 $", "ack 0", "resize 80x24"]],
    ["input", inputFrame(0, "ls"), ["client-ready undefined", "output 1 $", "ack 0", "input ls"]],
  ])("is skipped by a client whose first frame is %s", (_name, frame, effects) => {
    const channel = newChannel();
    channel.acceptInput(0);
    channel.attachClient(0);
    channel.sendOutput(text("$ "), 0);
    expect(summary(channel.receive(frame, 1))).toEqual([...effects, "writable"]);
  });

  it("only acknowledges a response that comes too late", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.receive(ack(0), 0);
    channel.onDeadline(2_000);
    expect(summary(channel.receive(responseFrame(0), 2_100))).toEqual(["ack 0"]);
  });

  it("fails with the agent's words when the client failed an action", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.sendOutput(text("$ "), 0);
    expect(summary(channel.receive(responseFrame(0, 2, "unknown session type"), 1))).toEqual([
      "ack 0",
      "failed Encountered error while initiating handshake. SessionType failed on client with status 2 error: unknown session type",
      "writable",
    ]);
    expect(summary(channel.sendOutput(text("more"), 2))).toEqual([]);
    channel.receive(ack(0), 3);
    expect(summary(channel.close("sorry", 4))).toEqual(["channel_closed sorry", "closed"]);
  });

  it("waits the whole time again for a client that came back", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.receive(ack(0), 0);
    channel.detachClient();
    expect(channel.nextDeadline()).toBeUndefined();
    channel.attachClient(1_900);
    expect(channel.nextDeadline()).toBe(3_900);
  });
});

describe("input", () => {
  it("is given out in order and acknowledged, early frames at once", () => {
    const channel = openChannel();
    expect(summary(channel.receive(inputFrame(3, "b"), 0))).toEqual(["ack 3"]);
    expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual(["ack 2", "input a", "input b"]);
  });

  it("is acknowledged again, but given out once, when it comes twice", () => {
    const channel = openChannel();
    channel.receive(inputFrame(2, "a"), 0);
    expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual(["ack 2"]);
    channel.receive(inputFrame(4, "c"), 0);
    expect(summary(channel.receive(inputFrame(4, "c"), 0))).toEqual(["ack 4"]);
  });

  it("is neither given out nor acknowledged before there is a shell", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.receive(responseFrame(0), 0);
    expect(summary(channel.receive(sizeFrame(1, 90, 30), 0))).toEqual(["ack 1"]);
    expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual([]);
    expect(summary(channel.receive(inputFrame(2, "a"), 100))).toEqual([]);
    expect(summary(channel.acceptInput(200))).toEqual(["resize 90x30", "ack 2", "input a"]);
  });

  it("waits while the shell takes none", () => {
    const channel = openChannel();
    channel.holdInput();
    expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual([]);
    expect(summary(channel.acceptInput(1))).toEqual(["ack 2", "input a"]);
  });

  it("is acknowledged in its turn only while the shell takes none, so that its sender stops", () => {
    const channel = openChannel();
    channel.holdInput();
    expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual([]);
    expect(summary(channel.receive(inputFrame(3, "b"), 0))).toEqual([]);
    expect(summary(channel.acceptInput(1))).toEqual(["ack 2", "input a", "ack 3", "input b"]);
  });

  it("is not acknowledged beyond the bounds", () => {
    const channel = openChannel({ maxEarlyItems: 1 });
    expect(summary(channel.receive(inputFrame(3, "b"), 0))).toEqual(["ack 3"]);
    expect(summary(channel.receive(inputFrame(4, "c"), 0))).toEqual([]);
  });

  it("tells the shell only the last size from before it was there", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.receive(sizeFrame(0, 80, 24), 0);
    channel.receive(sizeFrame(1, 120, 40), 0);
    expect(summary(channel.acceptInput(1))).toEqual(["resize 120x40"]);
    expect(summary(channel.acceptInput(2))).toEqual([]);
  });

  it("keeps its bytes when the frame's memory is used again", () => {
    const channel = openChannel();
    channel.holdInput();
    const frame = inputFrame(2, "a");
    channel.receive(frame, 0);
    frame.fill(0);
    expect(summary(channel.acceptInput(1))).toEqual(["ack 2", "input a"]);
  });

  it("may ask for the end of the session", () => {
    expect(summary(openChannel().receive(flagFrame(2, 2), 0))).toEqual(["ack 2", "terminate-requested"]);
  });

  it("may be a flag, which waits its turn as all input does", () => {
    const channel = openChannel();
    channel.holdInput();
    channel.receive(inputFrame(2, "a"), 0);
    expect(summary(channel.receive(flagFrame(3, 1), 0))).toEqual([]);
    expect(summary(channel.acceptInput(1))).toEqual(["ack 2", "input a", "ack 3", "flag 1"]);
    channel.holdInput();
    expect(summary(channel.receive(flagFrame(4, 1), 2))).toEqual([]);
    expect(summary(channel.acceptInput(3))).toEqual(["ack 4", "flag 1"]);
  });

  it.each([
    ["an unknown payload type", clientFrame(2, 99, text("?"))],
    ["the answer to a challenge that there was not", clientFrame(2, 9, text('{"Challenge":"AAAA"}'))],
  ])("is taken and ignored as %s", (_name, frame) => {
    expect(summary(openChannel().receive(frame, 0))).toEqual(["ack 2"]);
  });

  it.each(["pause_publication", "start_publication", "channel_closed", "agent_session_state", ""])(
    "ignores messages of the type %j",
    (messageType) => {
      const channel = openChannel();
      expect(summary(channel.receive(clientFrame(2, 1, text("?"), messageType), 0))).toEqual([]);
      expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual(["ack 2", "input a"]);
    },
  );

  it.each([
    ["a cut frame", inputFrame(2, "a").subarray(0, 120)],
    ["a bad size", clientFrame(2, 3, text("90x30"))],
    ["a bad flag", clientFrame(2, 10, text("?"))],
    ["a bad response", clientFrame(2, 6, text("?"))],
    ["a bad acknowledge", clientFrame(2, 0, text("?"), "acknowledge")],
  ])("is refused as %s and changes nothing", (_name, frame) => {
    const channel = openChannel();
    expect(() => channel.receive(frame, 0)).toThrow(ProtocolError);
    expect(channel.nextDeadline()).toBeUndefined();
    expect(summary(channel.receive(inputFrame(2, "a"), 0))).toEqual(["ack 2", "input a"]);
  });
});

describe("output", () => {
  it("is cut into payloads that end with whole characters", () => {
    const channel = openChannel({ maxPayloadBytes: 4 });
    expect(summary(channel.sendOutput(text("abcé€"), 0))).toEqual([
      "output 2 abc",
      "output 3 é",
      "output 4 €",
    ]);
  });

  it("keeps the beginning of a character for the next payload", () => {
    const channel = openChannel();
    expect(summary(channel.sendOutput(Buffer.of(0xe2, 0x82), 0))).toEqual([]);
    expect(summary(channel.sendOutput(Buffer.of(0xac), 0))).toEqual(["output 2 €"]);
  });

  it("keeps the beginnings of characters of standard output and error apart", () => {
    const channel = openChannel();
    channel.sendOutput(Buffer.of(0xe2, 0x82), 0);
    expect(summary(channel.sendOutput(text("oh\n"), 0, "stderr"))).toEqual(["stderr 2 oh"]);
    expect(summary(channel.sendOutput(Buffer.of(0xac), 0))).toEqual(["output 3 €"]);
    expect(summary(channel.sendOutput(text("EXIT_CODE: 1"), 0, "exit-code"))).toEqual([
      "exit-code 4 EXIT_CODE: 1",
    ]);
  });

  it("keeps its order with flags, held or not", () => {
    const channel = newChannel();
    channel.acceptInput(0);
    channel.attachClient(0);
    channel.sendOutput(text("a"), 0);
    channel.sendFlag(3, 0);
    channel.sendOutput(text("b"), 0, "stderr");
    channel.receive(responseFrame(0), 0);
    expect(summary(channel.receive(sizeFrame(1, 90, 30), 0)).slice(0, 3)).toEqual([
      "output 2 a",
      "flag 3 3",
      "stderr 4 b",
    ]);
    expect(summary(channel.sendFlag(3, 0))).toEqual(["flag 5 3"]);
  });

  it("leaves in payloads of 32 KiB", () => {
    const lengths = openChannel()
      .sendOutput(Buffer.alloc(80 * 1024, "x"), 0)
      .flatMap((effect) => (effect.type === "send" ? [effect.frame.length] : []));
    expect(lengths).toEqual([32 * 1024 + 120, 32 * 1024 + 120, 16 * 1024 + 120]);
  });

  it("is sent again, the same bytes, until it is acknowledged", () => {
    const channel = openChannel();
    const frame = frameOf(channel.sendOutput(text("hello"), 0));
    const resentAt = channel.nextDeadline() ?? 0;
    expect(channel.onDeadline(resentAt - 1)).toEqual([]);
    expect(frameOf(channel.onDeadline(resentAt))).toEqual(frame);
    channel.receive(ack(2), resentAt + 1);
    expect(channel.nextDeadline()).toBeUndefined();
  });

  it("pauses its source while too many bytes are unacknowledged", () => {
    const channel = openChannel({ maxUnacknowledgedBytes: 4_000 });
    let sent = 0;
    while (channel.writable) sent += channel.sendOutput(Buffer.alloc(880), 0).length;
    expect(sent).toBe(4);
    expect(summary(channel.receive(ack(2), 0))).toEqual([]);
    expect(summary(channel.receive(ack(3), 0))).toEqual([]);
    expect(summary(channel.receive(ack(4), 0))).toEqual(["writable"]);
  });

  it("pauses its source while too many frames are unacknowledged", () => {
    const channel = openChannel({ maxUnacknowledgedFrames: 3 });
    let sent = 0;
    while (channel.writable) sent += channel.sendOutput(Buffer.alloc(1), 0).length;
    expect(sent).toBe(3);
  });
});

describe("a lost connection", () => {
  it("stops everything", () => {
    const channel = openChannel();
    channel.sendOutput(text("a"), 0);
    channel.detachClient();
    expect(channel.nextDeadline()).toBeUndefined();
    expect(channel.onDeadline(10_000)).toEqual([]);
    expect(channel.sendOutput(text("b"), 0)).toEqual([]);
    expect(channel.receive(inputFrame(2, "a"), 0)).toEqual([]);
  });

  it("is made good for by the next, with what was not acknowledged and what came since", () => {
    const channel = openChannel();
    const first = frameOf(channel.sendOutput(text("a"), 0));
    channel.sendOutput(text("b"), 0);
    channel.receive(ack(3), 1);
    channel.detachClient();
    channel.sendOutput(text("c"), 2);
    const effects = channel.attachClient(5_000);
    expect(frameOf(effects)).toEqual(first);
    expect(summary(effects)).toEqual(["output 2 a", "output 4 c", "output 5"]);
  });

  it("is unnoticed when everything was acknowledged", () => {
    const channel = openChannel();
    channel.detachClient();
    expect(channel.attachClient(5_000)).toEqual([]);
    expect(summary(channel.sendOutput(text("after"), 5_001))).toEqual(["output 2 after"]);
    expect(summary(channel.receive(inputFrame(2, "a"), 5_002))).toEqual(["ack 2", "input a"]);
  });

  it("waits, at the answer to an empty payload, no more for what the client has had before", () => {
    const channel = openChannel({ maxUnacknowledgedFrames: 2 });
    channel.sendOutput(text("a"), 0);
    channel.sendOutput(text("b"), 0);
    channel.detachClient();
    expect(summary(channel.attachClient(5_000))).toEqual(["output 2 a", "output 3 b", "output 4"]);
    expect(summary(channel.receive(ack(4), 5_001))).toEqual(["writable"]);
    expect(summary(channel.close("", 5_002))).toEqual(["channel_closed", "closed"]);
  });

  it("does not let empty payloads pile up", () => {
    const channel = openChannel({ maxUnacknowledgedFrames: 2 });
    channel.sendOutput(text("a"), 0);
    for (let time = 1; time < 20; time++) channel.attachClient(time);
    expect(channel.attachClient(20)).toHaveLength(4);
  });

  it("in mid-handshake repeats the request and nothing more", () => {
    const channel = newChannel();
    channel.attachClient(0);
    channel.sendOutput(text("$ "), 0);
    channel.detachClient();
    expect(summary(channel.attachClient(1_000))).toEqual(["request 0"]);
  });
});

describe("the end", () => {
  it("waits until the client has all output", () => {
    const channel = openChannel();
    channel.sendOutput(text("bye"), 0);
    expect(summary(channel.close("", 10))).toEqual([]);
    expect(summary(channel.receive(ack(2), 20))).toEqual(["channel_closed", "closed"]);
    expect(channel.nextDeadline()).toBeUndefined();
  });

  it("waits no longer than 2 seconds", () => {
    const channel = openChannel();
    channel.sendOutput(text("bye"), 0);
    channel.close("", 10);
    let now = 10;
    const effects: string[] = [];
    while (!effects.includes("closed")) {
      now = channel.nextDeadline() ?? Number.NaN;
      effects.push(...summary(channel.onDeadline(now)));
    }
    expect(now).toBe(2_010);
    expect(new Set(effects)).toEqual(new Set(["output 2 bye", "channel_closed", "closed"]));
  });

  it("gives a client that sent no size the held output first", () => {
    const channel = newChannel({ sizePatienceMs: 5_000 });
    channel.attachClient(0);
    channel.receive(ack(0), 0);
    channel.receive(responseFrame(0), 0);
    channel.receive(ack(1), 0);
    channel.sendOutput(text("bye"), 0);
    channel.close("", 0);
    expect(summary(channel.onDeadline(2_000))).toEqual(["output 2 bye", "channel_closed", "closed"]);
  });

  it("needs no handshake for a client that comes only to hear of it", () => {
    const channel = newChannel();
    expect(channel.close("Unable to start", 0)).toEqual([]);
    const effects = channel.attachClient(5_000, "client-7");
    expect(summary(effects)).toEqual(["channel_closed Unable to start", "closed"]);
    expect(JSON.parse(Buffer.from(decodeAgentMessage(frameOf(effects)).payload).toString())).toMatchObject({
      SessionId: "alice-0123",
      DestinationId: "client-7",
      CreatedDate: "1970-01-01T00:00:05.000Z",
    });
  });

  it("brings a late first client the output before", () => {
    const channel = newChannel();
    channel.sendOutput(text("bye"), 0);
    channel.close("", 0);
    expect(summary(channel.attachClient(5_000))).toEqual(["request 0"]);
    channel.receive(ack(0), 5_001);
    channel.receive(responseFrame(0), 5_001);
    channel.receive(ack(1), 5_002);
    expect(summary(channel.receive(sizeFrame(1, 90, 30), 5_003))).toEqual([
      "output 2 bye",
      "ack 1",
      "writable",
    ]);
    expect(summary(channel.receive(ack(2), 5_004))).toEqual(["channel_closed", "closed"]);
  });

  it("waits for a lost client to come back", () => {
    const channel = openChannel();
    channel.sendOutput(text("bye"), 0);
    channel.detachClient();
    expect(channel.close("", 10)).toEqual([]);
    expect(summary(channel.attachClient(9_000))).toEqual(["output 2 bye", "output 3"]);
    expect(summary(channel.receive(ack(3), 9_001))).toEqual(["channel_closed", "closed"]);
  });

  it("is told again to a client that lost its connection over it", () => {
    const channel = openChannel();
    channel.close("done", 0);
    channel.detachClient();
    expect(summary(channel.attachClient(100))).toEqual(["channel_closed done"]);
    expect(channel.nextDeadline()).toBeUndefined();
  });

  it("comes once, with the first text", () => {
    const channel = openChannel();
    expect(summary(channel.close("first", 0))).toEqual(["channel_closed first", "closed"]);
    expect(channel.close("second", 1)).toEqual([]);
    expect(channel.sendOutput(text("more"), 2)).toEqual([]);
    expect(channel.receive(inputFrame(2, "a"), 3)).toEqual([]);
  });

  it("acknowledges input that nobody takes any more", () => {
    const channel = openChannel();
    channel.sendOutput(text("bye"), 0);
    channel.close("", 0);
    expect(summary(channel.receive(inputFrame(2, "a"), 1))).toEqual(["ack 2"]);
    expect(summary(channel.receive(sizeFrame(3, 1, 1), 1))).toEqual(["ack 3"]);
  });
});
