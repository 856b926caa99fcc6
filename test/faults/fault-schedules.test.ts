import fc from "fast-check";
import { expect, it } from "vitest";
import { ClientConversation } from "../session/client-conversation.ts";
import { randomChunks, randomFrom } from "../session/random.ts";
import { activeFault } from "./faults.ts";

const stream = fc.constantFrom("downstream", "upstream");
const toxicity = fc.double({ min: 0, max: 1, noNaN: true });
const count = fc.integer({ min: 1, max: 50 });
const ms = fc.integer({ min: 0, max: 300 });
const frames = fc.record({ frames: fc.constantFrom("all", "data", "acknowledge") });
const of = (type: string, attributes: fc.Arbitrary<object> = fc.constant({})) =>
  fc.record({ type: fc.constant(type), stream, toxicity, count, attributes });

const fault = fc.oneof(
  of("latency", fc.record({ latency: ms, jitter: ms })),
  of("bandwidth", fc.record({ rate: fc.integer({ min: 1, max: 100 }) })),
  of("limit_data", fc.record({ bytes: fc.integer({ min: 0, max: 20_000 }) })),
  of("reset_peer", fc.record({ timeout: ms })),
  of("timeout", fc.record({ timeout: ms })),
  of("drop_frames", frames),
  of(
    "delay_frames",
    fc.record({ latency: ms, jitter: ms, frames: fc.constantFrom("all", "data", "acknowledge") }),
  ),
  of("duplicate_frames", frames),
  of("reorder_frames", frames),
  of("wrong_digest"),
  fc.constant({ type: "agent_offline" }),
);
/** Faults, and for how many milliseconds they are in force. */
const schedule = fc.array(fc.tuple(fc.array(fault, { maxLength: 4 }), fc.integer({ min: 1, max: 2_000 })), {
  minLength: 1,
  maxLength: 5,
});
const seeds = fc.integer({ min: 0, max: 0x7fffffff });
const keys = fc.constantFrom(undefined, Buffer.alloc(64, "k"));

it("whatever faults come and go, every byte arrives once and in order, and the end with its reason", () => {
  fc.assert(
    fc.property(seeds, schedule, keys, (seed, phases, key) => {
      const random = randomFrom(seed);
      const network = { random, lossShare: 0, duplicateShare: 0, minDelayMs: 1, maxDelayMs: 5 };
      const talk = new ClientConversation(network, 5, key);
      const output = randomChunks(random, 30, 200);
      const input = randomChunks(random, 10, 2_000);
      talk.face(phases[0]?.[0].map((value) => activeFault(value, seed)) ?? []);
      talk.connect();
      talk.print(output);
      talk.type(input);
      talk.acceptInput();
      for (const [faults, lastsMs] of phases) {
        talk.face(faults.map((value) => activeFault(value, seed)));
        const until = talk.now + lastsMs;
        talk.runUntil(() => talk.now >= until);
      }
      talk.face([]);
      const [printed, typed] = [Buffer.concat(output), Buffer.concat(input)];
      talk.runUntil(() => talk.printed.length >= printed.length && talk.typed.length >= typed.length);
      talk.runUntil(() => talk.isQuiet);
      expect(Buffer.from(talk.printed).equals(printed)).toBe(true);
      expect(Buffer.from(talk.typed).equals(typed)).toBe(true);
      talk.close("the reason");
      talk.runUntil(() => talk.closingOutput !== undefined);
      expect(talk.closingOutput).toBe("the reason");
    }),
    { numRuns: 100 },
  );
});
