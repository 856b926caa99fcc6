import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClientConversation } from "./client-conversation.ts";
import { randomChunks, randomFrom } from "./random.ts";

const seeds = fc.integer({ min: 0, max: 0x7fffffff });
/** When the connections break, in milliseconds of their lives. */
const lifetimes = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 });
/** Half of the sessions are encrypted. */
const keys = fc.constantFrom(undefined, Buffer.alloc(64, "k"));

describe("a data channel and our client", () => {
  it("bring every byte once and in order, whatever the network and the consumer do", () => {
    fc.assert(
      fc.property(
        seeds,
        lifetimes,
        fc.constantFrom(0, 5, 200),
        keys,
        (seed, lifetimesMs, slownessMs, key) => {
          const random = randomFrom(seed);
          const network = { random, lossShare: 0.2, duplicateShare: 0.2, minDelayMs: 1, maxDelayMs: 60 };
          const talk = new ClientConversation(network, slownessMs, key);
          const output = randomChunks(random, 30, 200);
          const input = randomChunks(random, 10, 2_000);
          talk.connect();
          talk.print(output);
          talk.type(input);
          for (const [index, lifetimeMs] of lifetimesMs.entries()) {
            const breaksAt = talk.now + lifetimeMs;
            talk.runUntil(() => talk.now >= breaksAt);
            talk.disconnect();
            if (index === 1) talk.acceptInput();
            talk.now += 30;
            talk.connect();
          }
          talk.acceptInput();
          const [printed, typed] = [Buffer.concat(output), Buffer.concat(input)];
          talk.runUntil(() => talk.printed.length >= printed.length && talk.typed.length >= typed.length);
          talk.runUntil(() => talk.isQuiet);
          expect(Buffer.from(talk.printed).equals(printed)).toBe(true);
          expect(Buffer.from(talk.typed).equals(typed)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("end with all output given, also to a consumer that is behind", () => {
    const random = randomFrom(7);
    const network = { random, lossShare: 0, duplicateShare: 0, minDelayMs: 5, maxDelayMs: 5 };
    const talk = new ClientConversation(network, 30);
    const output = randomChunks(random, 5, 50);
    talk.connect();
    talk.acceptInput();
    talk.print(output);
    talk.runUntil(() => talk.printed.length > 0);
    talk.close("the end");
    talk.runUntil(() => talk.closingOutput !== undefined);
    expect(talk.closingOutput).toBe("the end");
    expect(Buffer.from(talk.printed).equals(Buffer.concat(output))).toBe(true);
  });
});
