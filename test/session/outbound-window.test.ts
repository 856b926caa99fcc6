import { describe, expect, it } from "vitest";
import { OutboundWindow } from "../../emulator/session/outbound-window.ts";

const limits = { maxUnacknowledgedBytes: 1_000, maxUnacknowledgedFrames: 4 };

/** A window with frames of one byte, their sequence number, all sent at `sentAt`. */
function windowOf(count: number, sentAt: number | undefined): OutboundWindow {
  const window = new OutboundWindow(limits);
  for (let sequenceNumber = 0; sequenceNumber < count; sequenceNumber++) {
    window.add(Uint8Array.of(sequenceNumber), sentAt);
  }
  return window;
}

describe("OutboundWindow", () => {
  it("numbers frames from 0 on", () => {
    expect(windowOf(0, 0).nextSequenceNumber).toBe(0);
    expect(windowOf(3, 0).nextSequenceNumber).toBe(3);
  });

  it("sends the oldest frame again when its time is over, not earlier", () => {
    const window = windowOf(2, 1_000);
    expect(window.nextDeadline()).toBe(1_200);
    expect(window.onDeadline(1_199)).toBeUndefined();
    expect(window.onDeadline(1_200)).toEqual(Uint8Array.of(0));
  });

  it("waits twice as long after each resend, up to a second", () => {
    const window = windowOf(1, 0);
    const waits = [1, 2, 3, 4, 5].map(() => {
      const deadline = window.nextDeadline() ?? 0;
      window.onDeadline(deadline);
      return deadline;
    });
    expect(waits).toEqual([200, 600, 1_400, 2_400, 3_400]);
  });

  it("goes to the next frame once the oldest is acknowledged, whatever the order", () => {
    const window = windowOf(3, 0);
    window.acknowledge(1, 0);
    expect(window.onDeadline(1_000)).toEqual(Uint8Array.of(0));
    window.acknowledge(0, 1_000);
    expect(window.onDeadline(2_000)).toEqual(Uint8Array.of(2));
  });

  it("is done when all is acknowledged", () => {
    const window = windowOf(1, 0);
    window.acknowledge(0, 10);
    expect(window.isEmpty).toBe(true);
    expect(window.nextDeadline()).toBeUndefined();
    expect(window.onDeadline(10_000)).toBeUndefined();
  });

  it("ignores acknowledges of what is not in flight", () => {
    const window = windowOf(2, 0);
    window.acknowledge(7, 0);
    window.acknowledge(1, 0);
    window.acknowledge(1, 0);
    expect(window.isEmpty).toBe(false);
  });

  it("learns from round trips, counted from the first sending", () => {
    const window = windowOf(2, 0);
    window.onDeadline(200);
    window.acknowledge(0, 300);
    // 7/8 · 100 + 1/8 · 300 + 200
    expect(window.nextDeadline()).toBe(325);
  });

  it("is full by frames or by bytes, and has room from half on", () => {
    const window = windowOf(3, 0);
    expect(window.isFull).toBe(false);
    window.add(new Uint8Array(1), 0);
    expect(window).toMatchObject({ isFull: true, hasRoom: false });
    window.acknowledge(0, 0);
    window.acknowledge(1, 0);
    expect(window).toMatchObject({ isFull: false, hasRoom: false });
    window.acknowledge(2, 0);
    expect(window).toMatchObject({ isFull: false, hasRoom: true });
    window.add(new Uint8Array(999), 0);
    expect(window).toMatchObject({ isFull: true, hasRoom: false });
  });

  it("waits for no acknowledge of frames that were never sent", () => {
    expect(windowOf(2, undefined).nextDeadline()).toBeUndefined();
  });

  it("sends everything on a new connection, where patience starts anew", () => {
    const window = windowOf(3, 0);
    window.acknowledge(1, 0);
    window.onDeadline(1_000);
    expect(window.resendAll(5_000)).toEqual([Uint8Array.of(0), Uint8Array.of(2)]);
    expect((window.nextDeadline() ?? 0) - 5_000).toBeLessThan(400);
  });

  it("takes an answer as proof for what an earlier connection may have brought already", () => {
    const window = windowOf(2, 0);
    window.resendAll(1_000);
    window.add(Uint8Array.of(2), 1_000);
    window.acknowledge(2, 1_010);
    expect(window.isEmpty).toBe(true);
  });

  it("sends what is proven so ten times more, in turns: a network that loses frames proves nothing", () => {
    const window = windowOf(2, 0);
    window.resendAll(1_000);
    window.add(Uint8Array.of(2), 1_000);
    window.acknowledge(2, 1_010);
    const sent: number[] = [];
    for (let now = window.nextDeadline(); now !== undefined; now = window.nextDeadline()) {
      sent.push(...(window.onDeadline(now) ?? []));
    }
    expect(sent).toEqual(Array.from({ length: 20 }, (_, index) => index % 2));
  });

  it("sends it no more once the client, which lacked it, has answered", () => {
    const window = windowOf(1, 0);
    window.resendAll(1_000);
    window.add(Uint8Array.of(1), 1_000);
    window.acknowledge(1, 1_010);
    expect(window.onDeadline(2_000)).toEqual(Uint8Array.of(0));
    window.acknowledge(0, 2_010);
    expect(window.nextDeadline()).toBeUndefined();
  });

  it("sends a new connection what is waited for, and the rest later", () => {
    const window = windowOf(1, 0);
    window.resendAll(1_000);
    window.add(Uint8Array.of(1), 1_000);
    window.acknowledge(1, 1_010);
    window.add(Uint8Array.of(2), 1_010);
    expect(window.resendAll(1_020)).toEqual([Uint8Array.of(2)]);
    window.acknowledge(2, 1_030);
    expect(window.onDeadline(2_000)).toEqual(Uint8Array.of(0));
  });

  it("keeps four windows of it at most, the newest", () => {
    const window = new OutboundWindow(limits);
    for (let byte = 0; byte < 12; byte += 2) {
      window.add(new Uint8Array(900).fill(byte), byte);
      window.resendAll(byte);
      window.add(Uint8Array.of(byte + 1), byte);
      window.acknowledge(byte + 1, byte);
    }
    const sent = new Set<number | undefined>();
    for (let now = window.nextDeadline(); now !== undefined; now = window.nextDeadline()) {
      sent.add(window.onDeadline(now)?.[0]);
    }
    expect([...sent]).toEqual([4, 6, 8, 10]);
  });

  it("takes an answer for nothing else from a peer that acknowledges again", () => {
    const window = new OutboundWindow(limits, "acknowledges");
    for (const byte of [0, 1, 2]) window.add(Uint8Array.of(byte), 0);
    window.resendAll(1_000);
    window.acknowledge(2, 1_001);
    expect(window.onDeadline(5_000)).toEqual(Uint8Array.of(0));
  });

  it("takes an answer for nothing else: the plugin may have turned the frame away", () => {
    const window = windowOf(2, undefined);
    window.resendAll(1_000);
    window.acknowledge(1, 1_010);
    expect(window.isEmpty).toBe(false);
  });
});
