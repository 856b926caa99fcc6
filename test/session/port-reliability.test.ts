import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChannelSession } from "../../emulator/session/data-channel-options.ts";
import { Conversation } from "./conversation.ts";
import { randomFrom } from "./random.ts";

const limits = { maxPayloadBytes: 64, maxUnacknowledgedBytes: 4_096, maxUnacknowledgedFrames: 20 };
const seeds = fc.integer({ min: 0, max: 0x7fffffff });

const mux: ChannelSession = {
  type: "Port",
  properties: { portNumber: "80", type: "LocalPortForwarding" },
};
const stdio: ChannelSession = { type: "Port", properties: { portNumber: "22" } };
const ports = [
  { mode: "mux", port: mux },
  { mode: "stdio", port: stdio },
];

/** Any bytes: what is no UTF-8 must come through, too. */
function randomBytes(random: () => number, count: number, maxChunkBytes: number): Uint8Array[] {
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: 1 + Math.floor(random() * maxChunkBytes) }, () => Math.floor(random() * 256)),
  );
}

/** Both sides send all they have as soon as the client is in place, and get all of it. */
function exchange(talk: Conversation, random: () => number): void {
  const output = randomBytes(random, 60, 200);
  const input = randomBytes(random, 10, 3_000);
  talk.connect();
  talk.runUntil(() => talk.plugin.isStarted);
  for (const chunk of input) talk.plugin.type(chunk, talk.now);
  talk.print(output);
  talk.acceptInput();
  const [outputBytes, inputBytes] = [Buffer.concat(output), Buffer.concat(input)];
  talk.runUntil(
    () => talk.plugin.printed.length >= outputBytes.length && talk.input.length >= inputBytes.length,
  );
  expect(Buffer.from(talk.plugin.printed).equals(outputBytes)).toBe(true);
  expect(Buffer.from(talk.input).equals(inputBytes)).toBe(true);
}

describe.each(ports)("a data channel and a plugin's port, $mode,", ({ port }) => {
  it("bring every byte once and in order over a network that loses, doubles and reorders", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const network = { random, lossShare: 0.2, duplicateShare: 0.2, minDelayMs: 1, maxDelayMs: 60 };
        exchange(new Conversation(network, limits, port), random);
      }),
      { numRuns: 30 },
    );
  });

  it("bring every byte once and in order over connections that break at any moment", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }),
        (seed, lifetimesMs) => {
          const random = randomFrom(seed);
          const network = { random, lossShare: 0, duplicateShare: 0, minDelayMs: 20, maxDelayMs: 20 };
          const talk = new Conversation(network, limits, port);
          const output = randomBytes(random, 100, 200);
          const input = randomBytes(random, 12, 500);
          const [outputBytes, inputBytes] = [Buffer.concat(output), Buffer.concat(input)];
          talk.acceptInput();
          talk.connect();
          talk.runUntil(() => talk.plugin.isStarted);
          talk.print(output);
          for (const lifetimeMs of lifetimesMs) {
            for (const chunk of input.splice(0, 2)) talk.plugin.type(chunk, talk.now);
            const breaksAt = talk.now + lifetimeMs;
            talk.runUntil(() => talk.now >= breaksAt);
            talk.disconnect();
            talk.now += 30;
            talk.connect();
          }
          for (const chunk of input) talk.plugin.type(chunk, talk.now);
          talk.runUntil(
            () => talk.plugin.printed.length >= outputBytes.length && talk.input.length >= inputBytes.length,
          );
          expect(Buffer.from(talk.plugin.printed).equals(outputBytes)).toBe(true);
          expect(Buffer.from(talk.input).equals(inputBytes)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a data channel", () => {
  it("says nothing to a multiplexing client before that is in place, on a network that keeps the order", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 1_900 }), (seed, stallMs) => {
        const random = randomFrom(seed);
        const network = { random, lossShare: 0, duplicateShare: 0, minDelayMs: 20, maxDelayMs: 20 };
        const talk = new Conversation(network, limits, mux);
        talk.connect();
        talk.runUntil(() => talk.effects.some(({ type }) => type === "client-ready"));
        talk.stall(stallMs);
        talk.print(randomBytes(random, 3, 200));
        talk.runUntil(() => talk.plugin.printed.length > 0);
        talk.close("forbidden");
        talk.runUntil(() => talk.plugin.closingOutput !== undefined);
        expect(talk.plugin.hangs).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
