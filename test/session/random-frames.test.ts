import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ProtocolError } from "../../emulator/errors.ts";
import { encodeAgentMessage } from "../../emulator/protocol/agent-message.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { payloadType } from "../../emulator/protocol/payload-type.ts";
import { ClientChannel } from "../../emulator/session/client-channel.ts";
import { DataChannel } from "../../emulator/session/data-channel.ts";

const newMessageId = () => crypto.randomUUID();
const limits = { maxPayloadBytes: 64, maxUnacknowledgedBytes: 4_096, maxUnacknowledgedFrames: 20 };

/** JSON of the shape that the payload types have, with anything in its members. */
const json = fc
  .record(
    {
      AgentVersion: fc.anything(),
      RequestedClientActions: fc.anything(),
      ClientVersion: fc.anything(),
      ProcessedClientActions: fc.oneof(
        fc.array(
          fc.record({ ActionType: fc.string(), ActionStatus: fc.anything(), ActionResult: fc.anything() }),
        ),
        fc.anything(),
      ),
      AcknowledgedMessageType: fc.anything(),
      AcknowledgedMessageId: fc.anything(),
      AcknowledgedMessageSequenceNumber: fc.oneof(fc.nat(30), fc.anything()),
      IsSequentialMessage: fc.boolean(),
      cols: fc.anything(),
      rows: fc.anything(),
      Challenge: fc.anything(),
      Output: fc.anything(),
      SessionId: fc.anything(),
    },
    { requiredKeys: [] },
  )
  .map((value) => Buffer.from(JSON.stringify(value) ?? ""));

const message = fc
  .record({
    messageType: fc.oneof(fc.constantFrom(...Object.values(messageType)), fc.string({ maxLength: 32 })),
    createdAt: fc.nat(),
    sequenceNumber: fc.nat(5),
    flags: fc.nat(3),
    messageId: fc.uuid(),
    payloadType: fc.oneof(fc.constantFrom(...Object.values(payloadType)), fc.nat(0xffff_ffff)),
    payload: fc.oneof(json, fc.uint8Array({ maxLength: 300 })),
  })
  .map((content) => encodeAgentMessage({ ...content, messageType: latin1(content.messageType) }));

/** Whole frames, frames with a part cut off or changed, and what never was one. */
const frame = fc.oneof(
  message,
  fc.tuple(message, fc.nat(200)).map(([bytes, length]) => bytes.subarray(0, length)),
  fc.tuple(message, fc.nat(119), fc.nat(255)).map(([bytes, at, value]) => {
    const copy = Buffer.from(bytes);
    copy[at] = value;
    return copy;
  }),
  fc.uint8Array({ maxLength: 300 }),
);
const frames = fc.array(frame, { maxLength: 30 });

const servers = {
  "a shell's channel": () =>
    new DataChannel({ sessionId: "s", agentVersion: "3.3.1957.0", newMessageId, limits }),
  "an encrypted channel": () =>
    new DataChannel({
      sessionId: "s",
      agentVersion: "3.3.1957.0",
      newMessageId,
      limits,
      handshake: "required",
      encryption: {
        kmsKeyId: "key-1",
        challenge: Buffer.alloc(16),
        randomBytes: (length) => randomBytes(length),
        decryptDataKey: () => ({ type: "failed", reason: "no" }),
      },
    }),
};

it.each(Object.entries(servers))("%s takes any frame, or says what is wrong with it", (_name, make) => {
  fc.assert(
    fc.property(frames, (sent) => {
      const channel = make();
      let now = 1_000;
      channel.attachClient(now);
      channel.acceptInput(now);
      for (const bytes of sent) {
        takes(() => channel.receive(bytes, now));
        now = passed(channel, now);
      }
      expect(channel.close("the end", now).length).toBeLessThan(100);
    }),
    { numRuns: 300 },
  );
});

it("our client takes any frame, or says what is wrong with it", () => {
  fc.assert(
    fc.property(frames, (sent) => {
      const channel = new ClientChannel({
        clientVersion: "1.2.707.0",
        size: { columns: 80, rows: 24 },
        newMessageId,
        randomBytes: (length) => randomBytes(length),
        limits,
      });
      let now = 1_000;
      channel.attach(now);
      for (const bytes of sent) {
        takes(() => channel.receive(bytes, now));
        now = passed(channel, now);
      }
    }),
    { numRuns: 300 },
  );
});

function takes(receive: () => readonly unknown[]): void {
  try {
    expect(receive().length).toBeLessThan(100);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

interface Machine {
  nextDeadline(): number | undefined;
  onDeadline(now: number): readonly unknown[];
}

/** Up to the next deadline; what is due then is not due again at once. */
function passed(machine: Machine, now: number): number {
  const deadline = machine.nextDeadline();
  if (deadline === undefined) return now;
  const later = Math.max(now, deadline);
  machine.onDeadline(later);
  expect(machine.nextDeadline() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(later);
  return later;
}

function latin1(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
