import { describe, expect, it } from "vitest";
import { SessionRecorder } from "../../emulator/agent/session-recorder.ts";
import { ManualClock } from "../helpers/manual-clock.ts";

const context = {
  awsRegion: "us-east-1",
  target: "i-1",
  sessionOwner: "arn:aws:iam::000000000000:user/alice",
  runAsUser: "alice",
  sessionId: "alice-01",
};

function record() {
  const clock = new ManualClock();
  const batches: string[][][] = [];
  const recorder = new SessionRecorder({
    context,
    clock,
    sink: (events) => void batches.push(events.map(({ message }) => JSON.parse(message).sessionData)),
  });
  return { clock, batches, recorder, print: (text: string) => recorder.append(Buffer.from(text)) };
}

describe("a session's recorder", () => {
  it("hands lines over once a second", async () => {
    const { clock, batches, print } = record();
    print("one\r\n");
    await clock.advance(500);
    print("two\r\n");
    expect(batches).toEqual([]);
    await clock.advance(500);
    expect(batches).toEqual([[["one", "two"]]]);
  });

  it("has no timer while nothing waits", async () => {
    const { clock, print } = record();
    expect(clock.pending).toBe(0);
    print("a prompt without newline");
    expect(clock.pending).toBe(0);
    print("\r\n");
    expect(clock.pending).toBe(1);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it("is finished when the unfinished last line was handed over and a tick found nothing more", async () => {
    const { clock, batches, recorder, print } = record();
    print("last");
    let isFinished = false;
    const finished = recorder.finish().then(() => {
      isFinished = true;
    });
    await clock.advance(1_000);
    expect([batches, isFinished]).toEqual([[[["last"]]], false]);
    await clock.advance(1_000);
    await finished;
    expect(clock.pending).toBe(0);
  });

  it("finishes at once for a process that is about to end", async () => {
    const { clock, batches, recorder, print } = record();
    print("one\r\nlast");
    const finished = recorder.finish();
    recorder.finishNow();
    await finished;
    expect(batches).toEqual([[["one", "last"]]]);
    expect(clock.pending).toBe(0);
  });

  it("hands over more than a mebibyte without waiting for its tick", () => {
    const { batches, print } = record();
    const lines = 64;
    for (let line = 0; line < lines; line++) print(`${String(line).padEnd(32 * 1024, "x")}\n`);
    const handedOver = batches.flat(2);
    expect(handedOver.length).toBeGreaterThan(lines / 2 - 1);
    expect(handedOver.map((line) => Number.parseInt(line, 10))).toEqual(handedOver.map((_, line) => line));
  });
});
