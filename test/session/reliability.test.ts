import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Conversation, type Network } from "./conversation.ts";
import { randomChunks, randomFrom } from "./random.ts";

const limits = { maxPayloadBytes: 64, maxUnacknowledgedBytes: 4_096, maxUnacknowledgedFrames: 20 };

function quiet(random: () => number): Network {
  return { random, lossShare: 0, duplicateShare: 0, minDelayMs: 20, maxDelayMs: 20 };
}

const seeds = fc.integer({ min: 0, max: 0x7fffffff });

describe("a data channel and the plugin", () => {
  it("bring every byte once and in order over a network that loses, doubles and reorders", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const network = { random, lossShare: 0.2, duplicateShare: 0.2, minDelayMs: 1, maxDelayMs: 60 };
        const talk = new Conversation(network, limits);
        const output = randomChunks(random, 40, 200);
        const input = randomChunks(random, 10, 3_000);
        talk.connect();
        talk.print(output);
        talk.runUntil(() => talk.plugin.printed.length > 0);
        for (const chunk of input) talk.plugin.type(chunk, talk.now);
        talk.acceptInput();
        const [outputBytes, inputBytes] = [Buffer.concat(output), Buffer.concat(input)];
        talk.runUntil(
          () => talk.plugin.printed.length >= outputBytes.length && talk.input.length >= inputBytes.length,
        );
        expect(Buffer.from(talk.plugin.printed).equals(outputBytes)).toBe(true);
        expect(Buffer.from(talk.input).equals(inputBytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("bring every byte once and in order over connections that break at any moment", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }),
        (seed, lifetimesMs) => {
          const random = randomFrom(seed);
          const talk = new Conversation(quiet(random), limits);
          const output = randomChunks(random, 200, 200);
          const input = randomChunks(random, 20, 500);
          const [outputBytes, inputBytes] = [Buffer.concat(output), Buffer.concat(input)];
          talk.acceptInput();
          talk.print(output);
          talk.connect();
          talk.runUntil(() => talk.plugin.printed.length > 0);
          for (const lifetimeMs of lifetimesMs) {
            for (const chunk of input.slice(0, 3)) talk.plugin.type(chunk, talk.now);
            input.splice(0, 3);
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
      { numRuns: 60 },
    );
  });

  it("bring every byte of output once and in order over connections that break and lose frames", () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
        (seed, lifetimesMs) => {
          const random = randomFrom(seed);
          let lossShare = 0.1;
          const network = {
            ...{ random, duplicateShare: 0, minDelayMs: 1, maxDelayMs: 5 },
            get lossShare() {
              return lossShare;
            },
          };
          const talk = new Conversation(network, limits);
          const output = randomChunks(random, 200, 200);
          const outputBytes = Buffer.concat(output);
          talk.print(output);
          talk.connect();
          talk.runUntil(() => talk.plugin.printed.length > 0);
          for (const lifetimeMs of lifetimesMs) {
            const breaksAt = talk.now + lifetimeMs;
            talk.runUntil(() => talk.now >= breaksAt);
            talk.disconnect();
            talk.now += 30;
            talk.connect();
          }
          lossShare = 0;
          talk.runUntil(() => talk.plugin.printed.length >= outputBytes.length);
          expect(Buffer.from(talk.plugin.printed).equals(outputBytes)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("go on after a drop that took every acknowledge with it", () => {
    const talk = new Conversation(quiet(randomFrom(1)), limits);
    const output = randomChunks(randomFrom(2), 300, 200);
    talk.connect();
    talk.runUntil(() => talk.effects.some(({ type }) => type === "client-ready"));
    talk.print(output);
    // All frames have arrived then, and none of the answers.
    talk.runUntil(() => talk.plugin.printed.length > 0);
    talk.disconnect();
    expect(talk.channel.writable).toBe(false);
    talk.connect();
    talk.runUntil(() => talk.plugin.printed.length === Buffer.concat(output).length);
    expect(Buffer.from(talk.plugin.printed).equals(Buffer.concat(output))).toBe(true);
  });

  it("end with nothing unacknowledged on either side", () => {
    const talk = new Conversation(quiet(randomFrom(3)), limits);
    talk.connect();
    talk.acceptInput();
    talk.print(randomChunks(randomFrom(4), 50, 200));
    talk.runUntil(() => talk.plugin.printed.length > 0);
    talk.plugin.type(Buffer.from("exit\r"), talk.now);
    talk.runUntil(() => talk.channel.nextDeadline() === undefined && talk.plugin.unacknowledged.length === 0);
    const closedAt = talk.now;
    talk.close("");
    talk.runUntil(() => talk.plugin.closingOutput === "");
    expect(talk.now - closedAt).toBeLessThan(100);
  });
});
