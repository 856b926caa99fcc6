import { describe, expect, it } from "vitest";
import { InboundSequence } from "../../emulator/session/inbound-sequence.ts";

function sequence(): InboundSequence<string> {
  return new InboundSequence({ maxEarlyBytes: 10, maxEarlyItems: 3 });
}

function takeAll(items: InboundSequence<string>): string {
  let all = "";
  for (let item = items.peek(); item !== undefined; item = items.peek()) {
    all += item;
    items.take();
  }
  return all;
}

describe("InboundSequence", () => {
  it("gives items out in order", () => {
    const items = sequence();
    expect(items.offer(2, "c", 1)).toBe("early");
    expect(items.offer(1, "b", 1)).toBe("early");
    expect(takeAll(items)).toBe("");
    expect(items.offer(0, "a", 1)).toBe("next");
    expect(takeAll(items)).toBe("abc");
  });

  it("shows an item until it is taken", () => {
    const items = sequence();
    items.offer(0, "a", 1);
    expect(items.peek()).toBe("a");
    expect(items.peek()).toBe("a");
  });

  it("knows what it has given out, and what it keeps", () => {
    const items = sequence();
    items.offer(0, "a", 1);
    takeAll(items);
    items.offer(2, "c", 1);
    expect(items.offer(0, "A", 1)).toBe("duplicate");
    expect(items.offer(2, "C", 1)).toBe("duplicate");
    items.offer(1, "b", 1);
    expect(takeAll(items)).toBe("bc");
  });

  it("leaves the next item unacknowledged until it is taken, however often it comes", () => {
    const items = sequence();
    expect(items.offer(0, "a", 1)).toBe("next");
    expect(items.offer(0, "a", 1)).toBe("next");
    expect(items.take().acknowledged).toBe(false);
  });

  it("takes the newest of an item that was not taken, and counts it once", () => {
    const items = sequence();
    items.offer(0, "bad", 8);
    expect(items.offer(0, "good", 4)).toBe("next");
    expect(items.offer(1, "b", 6)).toBe("early");
    expect(takeAll(items)).toBe("goodb");
  });

  it("remembers what it told to acknowledge early", () => {
    const items = sequence();
    items.offer(1, "b", 1);
    items.offer(0, "a", 1);
    expect(items.take().acknowledged).toBe(false);
    expect(items.offer(1, "b", 1)).toBe("duplicate");
    expect(items.take().acknowledged).toBe(true);
  });

  it("keeps early items that are to be acknowledged in their turn", () => {
    const items = new InboundSequence<string>({ maxEarlyBytes: 100, maxEarlyItems: 3 });
    expect(items.offer(1, "b", 1, "in-turn")).toBe("waiting");
    items.offer(0, "a", 1);
    expect(items.take().acknowledged).toBe(false);
    expect(items.take().acknowledged).toBe(false);
  });

  it("acknowledges at once what waited and comes again before its turn", () => {
    const items = new InboundSequence<string>({ maxEarlyBytes: 100, maxEarlyItems: 3 });
    items.offer(1, "b", 1, "in-turn");
    expect(items.offer(1, "b", 1)).toBe("early");
    expect(items.offer(1, "b", 1)).toBe("duplicate");
  });

  it("refuses early items beyond its number", () => {
    const items = sequence();
    const receptions = [1, 2, 3, 4].map((sequenceNumber) => items.offer(sequenceNumber, "x", 1));
    expect(receptions).toEqual(["early", "early", "early", "refused"]);
  });

  it("refuses early items beyond its bytes", () => {
    const items = sequence();
    expect(items.offer(1, "b", 8)).toBe("early");
    expect(items.offer(2, "c", 3)).toBe("refused");
    expect(items.offer(3, "d", 2)).toBe("early");
  });

  it("always takes the item whose turn it is, and has room again afterwards", () => {
    const items = sequence();
    items.offer(1, "b", 10);
    expect(items.offer(0, "a", 1_000)).toBe("next");
    expect(takeAll(items)).toBe("ab");
    expect(items.offer(3, "d", 10)).toBe("early");
  });

  it("tells when half of its room is taken, and whose turn it is", () => {
    const items = sequence();
    expect([items.expected, items.isHalfFull]).toEqual([0, false]);
    items.offer(0, "a", 4);
    expect(items.isHalfFull).toBe(false);
    items.offer(1, "b", 1);
    expect(items.isHalfFull).toBe(true);
    items.take();
    expect([items.expected, items.isHalfFull]).toEqual([1, false]);
  });

  it("gives out nothing that is not there", () => {
    expect(() => sequence().take()).toThrow("Item 0 is not there yet");
  });
});
