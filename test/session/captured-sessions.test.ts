import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { DataChannel } from "../../emulator/session/data-channel.ts";
import resumed from "../fixtures/data-channel/resume-after-drop.json" with { type: "json" };
import shell from "../fixtures/data-channel/standard-stream-shell.json" with { type: "json" };
import { summary } from "./client-frames.ts";

interface Capture {
  readonly frames: readonly { readonly direction: string; readonly opcode: string; readonly hex: string }[];
}

/** What the channel does with each of the plugin's frames; a text frame, which holds the token, attaches a client. */
function replay({ frames }: Capture): string[][] {
  const channel = new DataChannel({
    sessionId: "operator-0123456789abcdef0",
    agentVersion: "3.3.1957.0",
    newMessageId: () => crypto.randomUUID(),
  });
  channel.acceptInput(0);
  return frames
    .filter(({ direction }) => direction === "client-to-server")
    .map(({ opcode, hex }, now) =>
      summary(opcode === "text" ? channel.attachClient(now) : channel.receive(Buffer.from(hex, "hex"), now)),
    );
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
