import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../emulator/errors.ts";
import { decodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import {
  ClientChannel,
  type ClientChannelEffect,
  type ClientChannelOptions,
} from "../../emulator/session/client-channel.ts";
import {
  closedFrame,
  completeFrame,
  flagFrameOf,
  outputFrame,
  requestFrame,
  serverAcknowledge,
  serverFrame,
  sessionTypeAction,
} from "./server-frames.ts";

function newChannel(options: Partial<ClientChannelOptions> = {}): ClientChannel {
  const channel = new ClientChannel({
    clientVersion: "1.2.707.0",
    size: { columns: 80, rows: 24 },
    newMessageId: () => crypto.randomUUID(),
    randomBytes: (length) => randomBytes(length),
    ...options,
  });
  channel.attach(0);
  return channel;
}

/** A channel of a session that has begun, with the size sent as number 1 if it is a shell. */
function begun(sessionType = "Standard_Stream", options: Partial<ClientChannelOptions> = {}): ClientChannel {
  const channel = newChannel(options);
  channel.receive(requestFrame(0, [sessionTypeAction(sessionType)]), 0);
  channel.receive(completeFrame(1), 0);
  for (const number of [0, 1]) channel.receive(serverAcknowledge(number), 0);
  return channel;
}

/** Effects in one line each: `ack 0`, `sent 2 hello`, `output hello`. */
function summary(effects: readonly ClientChannelEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case "send": {
        const { messageType, sequenceNumber, payload } = decodeAgentMessage(effect.frame);
        const text = Buffer.from(payload).toString();
        if (messageType !== "acknowledge") return `sent ${sequenceNumber} ${text}`;
        return `ack ${JSON.parse(text).AcknowledgedMessageSequenceNumber}`;
      }
      case "output":
      case "stderr":
        return `${effect.type} ${Buffer.from(effect.bytes).toString()}`;
      case "session":
        return `session ${effect.session.sessionType}`;
      case "exit-code":
        return `exit-code ${effect.code}`;
      case "flag":
        return `flag ${effect.value}`;
      case "closed":
        return `closed ${effect.output}`;
      default:
        return effect.type;
    }
  });
}

describe("a client's channel", () => {
  it("answers the handshake, says its size when it is complete, and can be written to", () => {
    const channel = newChannel();
    expect(summary(channel.receive(requestFrame(0, [sessionTypeAction("Standard_Stream")]), 1))).toEqual([
      "ack 0",
      'sent 0 {"ClientVersion":"1.2.707.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}',
    ]);
    expect(channel.writable).toBe(false);
    expect(summary(channel.receive(completeFrame(1), 2))).toEqual([
      "ack 1",
      "session Standard_Stream",
      'sent 1 {"cols":80,"rows":24}',
      "writable",
    ]);
  });

  it("says no size in a port session", () => {
    const channel = begun("Port");
    expect(summary(channel.resize({ columns: 1, rows: 2 }, 1))).toEqual([]);
    expect(summary(channel.sendInput(Buffer.from("x"), 1))).toEqual(["sent 1 x"]);
  });

  it("gives one payload after the other, and acknowledges each when it was taken", () => {
    const channel = begun();
    expect(summary(channel.receive(outputFrame(2, "one"), 1))).toEqual(["output one"]);
    expect(summary(channel.receive(outputFrame(3, "two"), 2))).toEqual([]);
    expect(summary(channel.receive(outputFrame(2, "one"), 3))).toEqual([]);
    expect(summary(channel.taken(4))).toEqual(["ack 2", "output two"]);
    expect(summary(channel.taken(5))).toEqual(["ack 3"]);
    expect(summary(channel.taken(6))).toEqual([]);
  });

  it("acknowledges again what comes again after it was taken", () => {
    const channel = begun();
    channel.receive(outputFrame(2, "one"), 1);
    channel.taken(1);
    expect(summary(channel.receive(outputFrame(2, "one"), 2))).toEqual(["ack 2"]);
    expect(summary(channel.receive(completeFrame(1), 2))).toEqual(["ack 1"]);
  });

  it("keeps what comes before its turn", () => {
    const channel = newChannel();
    expect(summary(channel.receive(outputFrame(2, "one"), 1))).toEqual([]);
    expect(summary(channel.receive(completeFrame(1), 1))).toEqual([]);
    const effects = channel.receive(requestFrame(0, [sessionTypeAction("Standard_Stream")]), 1);
    expect(summary(effects).filter((line) => !line.startsWith("sent 0"))).toEqual([
      "ack 0",
      "ack 1",
      "session Standard_Stream",
      'sent 1 {"cols":80,"rows":24}',
      "output one",
      "writable",
    ]);
  });

  it("holds what is typed before the session has begun", () => {
    const channel = newChannel();
    expect(summary(channel.sendInput(Buffer.from("early"), 0))).toEqual([]);
    const effects = channel.receive(outputFrame(0, "$ "), 1);
    expect(summary(effects)).toEqual([
      "session Standard_Stream",
      'sent 0 {"cols":80,"rows":24}',
      "sent 1 early",
      "output $ ",
      "writable",
    ]);
  });

  it("cuts input to payloads as the plugin's", () => {
    const effects = begun().sendInput(Buffer.alloc(2_500, "x"), 1);
    expect(summary(effects).map((line) => line.length - "sent 2 ".length)).toEqual([1_024, 1_024, 452]);
  });

  it("leaves a line feed as it is", () => {
    expect(summary(begun().sendInput(Buffer.from("\n"), 1))).toEqual(["sent 2 \n"]);
  });

  it("is not writable while too much is unacknowledged", () => {
    const limits = { maxUnacknowledgedFrames: 2 };
    const channel = begun("Standard_Stream", { limits });
    channel.sendInput(Buffer.from("a"), 1);
    expect(channel.writable).toBe(true);
    channel.sendInput(Buffer.from("b"), 1);
    expect(channel.writable).toBe(false);
    expect(summary(channel.receive(serverAcknowledge(2), 2))).toEqual([]);
    expect(summary(channel.receive(serverAcknowledge(3), 2))).toEqual(["writable"]);
  });

  it("repeats its oldest frame until it is acknowledged", () => {
    const channel = begun();
    channel.sendInput(Buffer.from("a"), 1_000);
    channel.sendInput(Buffer.from("b"), 1_000);
    const deadline = channel.nextDeadline() ?? 0;
    expect(deadline).toBeGreaterThan(1_000);
    expect(summary(channel.onDeadline(deadline - 1))).toEqual([]);
    expect(summary(channel.onDeadline(deadline))).toEqual(["sent 2 a"]);
    channel.receive(serverAcknowledge(2), deadline);
    channel.receive(serverAcknowledge(3), deadline);
    expect(channel.nextDeadline()).toBeUndefined();
  });

  it("sends all that is unacknowledged, and the newest size alone, when it is back", () => {
    const channel = begun();
    channel.sendInput(Buffer.from("before"), 1);
    channel.detach();
    expect(summary(channel.sendInput(Buffer.from("meanwhile"), 2))).toEqual([]);
    channel.resize({ columns: 100, rows: 30 }, 2);
    channel.resize({ columns: 132, rows: 43 }, 2);
    expect(channel.nextDeadline()).toBeUndefined();
    expect(summary(channel.attach(3))).toEqual([
      "sent 2 before",
      "sent 3 meanwhile",
      'sent 4 {"cols":132,"rows":43}',
    ]);
  });

  it("does not repeat a size that the server knows", () => {
    const channel = begun();
    expect(summary(channel.resize({ columns: 80, rows: 24 }, 1))).toEqual([]);
    channel.detach();
    expect(summary(channel.attach(2))).toEqual([]);
  });

  it("drops a frame whose digest is wrong, without an acknowledge", () => {
    const channel = begun();
    const damaged = Buffer.from(outputFrame(2, "one"));
    damaged.write("two", 120);
    expect(summary(channel.receive(damaged, 1))).toEqual([]);
    expect(summary(channel.receive(outputFrame(2, "one"), 1))).toEqual(["output one"]);
  });

  it("refuses what is no frame, and goes on", () => {
    const channel = begun();
    expect(() => channel.receive(Buffer.from("nonsense"), 1)).toThrow(ProtocolError);
    expect(() => channel.receive(serverFrame(2, 10, Buffer.from("x")), 1)).toThrow(ProtocolError);
    expect(summary(channel.receive(outputFrame(2, "one"), 1))).toEqual(["output one"]);
  });

  it.each(["start_publication", "pause_publication", "agent_session_state"])("ignores %s", (type) => {
    expect(summary(begun().receive(serverFrame(0, 0, Buffer.from("{}"), type), 1))).toEqual([]);
  });

  it("gives out errors, exit codes and flags; any other payload is output", () => {
    const channel = begun();
    const frames = [
      serverFrame(2, 11, Buffer.from("err")),
      serverFrame(3, 12, Buffer.from("EXIT_CODE: 7")),
      flagFrameOf(4, 3),
      serverFrame(5, 99, Buffer.from("new")),
      serverFrame(6, 12, Buffer.from("EXIT_CODE: none")),
    ];
    const effects = frames.flatMap((frame) => [...channel.receive(frame, 1), ...channel.taken(1)]);
    expect(summary(effects).filter((line) => !line.startsWith("ack"))).toEqual([
      "stderr err",
      "exit-code 7",
      "flag 3",
      "output new",
      "output EXIT_CODE: none",
    ]);
  });

  it("sends flags behind the input before them", () => {
    const channel = begun("Port");
    const effects = [...channel.sendInput(Buffer.from("a"), 1), ...channel.sendFlag(2, 1)];
    expect(summary(effects)).toEqual(["sent 1 a", "sent 2 \u0000\u0000\u0000\u0002"]);
  });

  it("is closed at once, and gives out all that came before even if nothing of it is taken", () => {
    const channel = begun();
    channel.receive(outputFrame(2, "one"), 1);
    for (const [number, text] of ["two", "three"].entries()) {
      channel.receive(outputFrame(3 + number, text), 1);
    }
    channel.receive(outputFrame(6, "out of order"), 1);
    expect(summary(channel.receive(closedFrame("bye"), 1))).toEqual([
      "output two",
      "output three",
      "closed bye",
    ]);
    expect(channel.isClosed).toBe(true);
    expect(summary(channel.sendInput(Buffer.from("late"), 1))).toEqual([]);
    expect(summary(channel.taken(2))).toEqual([]);
    expect(summary(channel.receive(outputFrame(5, "late"), 2))).toEqual([]);
    expect(channel.nextDeadline()).toBeUndefined();
  });

  it("tells when its consumer is far behind", () => {
    const channel = begun("Standard_Stream", { limits: { maxEarlyBytes: 100 } });
    channel.receive(outputFrame(2, "x".repeat(40)), 1);
    expect(channel.isBacklogged).toBe(false);
    channel.receive(outputFrame(3, "x".repeat(20)), 1);
    expect(channel.isBacklogged).toBe(true);
    channel.taken(2);
    expect(channel.isBacklogged).toBe(false);
  });
});
