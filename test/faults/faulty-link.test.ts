import { describe, expect, it } from "vitest";
import type { ActiveFault } from "../../emulator/faults/fault-list.ts";
import { FaultyLink } from "../../emulator/faults/faulty-link.ts";
import {
  decodeAgentMessage,
  encodeAgentMessage,
  verifyDigest,
} from "../../emulator/protocol/agent-message.ts";
import { messageType } from "../../emulator/protocol/message-type.ts";
import { activeFault } from "./faults.ts";

const frame = (text: string, type: string = messageType.outputStreamData) =>
  encodeAgentMessage({
    messageType: type,
    createdAt: 1,
    sequenceNumber: 0,
    flags: 0,
    messageId: "dd01e56b-ff48-483e-a508-b5f073f31b16",
    payloadType: 1,
    payload: Buffer.from(text),
  });
const frameBytes = frame("a").length;

/** A link with these faults, and what comes out of it, with the time. */
function linkWith(...faults: readonly object[]) {
  const link = new FaultyLink();
  const actives: ActiveFault[] = faults.map((fault) => activeFault(fault));
  link.face(actives, 0);
  const out = (now: number) =>
    link
      .take(now)
      .map((event) =>
        event.type === "frame" ? decodeAgentMessage(event.frame).payload.toString() : `<${event.type}>`,
      )
      .join("");
  /** Everything until nothing more is waited for. */
  const all = () => {
    const events: string[] = [];
    while (link.nextAt !== undefined && events.length < 100) {
      const at = link.nextAt;
      const text = out(at);
      if (text !== "") events.push(`${at} ${text}`);
      else if (link.nextAt === at) break;
    }
    return events;
  };
  return { link, actives, out, all };
}

describe("a link with faults", () => {
  it("without any lets all pass at once", () => {
    const { link, out } = linkWith();
    expect(link.isClear).toBe(true);
    link.push(frame("a"), 5);
    expect(out(5)).toBe("a");
  });

  it("delays by the latency and keeps the order, whatever the jitter", () => {
    const { link, all } = linkWith({ type: "latency", attributes: { latency: 100, jitter: 90 } });
    for (const [index, letter] of [..."abcdefgh"].entries()) link.push(frame(letter), index);
    const events = all();
    expect(events.map((event) => event.replace(/^\S+ /, "")).join("")).toBe("abcdefgh");
    const times = events.map((event) => Number.parseInt(event, 10));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...times)).toBeLessThanOrEqual(197);
  });

  it("lets only so many bytes pass per second", () => {
    const { link, all } = linkWith({ type: "bandwidth", attributes: { rate: 1 } });
    for (const letter of "abc") link.push(frame(letter), 0);
    expect(all()).toEqual([`${frameBytes} a`, `${2 * frameBytes} b`, `${3 * frameBytes} c`]);
  });

  it("is cut behind the bytes that may pass", () => {
    const { link, all } = linkWith({ type: "limit_data", attributes: { bytes: 2 * frameBytes } });
    for (const letter of "abcd") link.push(frame(letter), 3);
    expect(all()).toEqual(["3 ab<cut>"]);
    link.push(frame("e"), 4);
    expect([all(), link.isClear]).toEqual([[], false]);
  });

  it("is cut at its time, with all that is on the way", () => {
    const { link, all } = linkWith(
      { type: "reset_peer", attributes: { timeout: 50 } },
      { type: "latency", attributes: { latency: 100 } },
    );
    link.push(frame("a"), 1);
    expect(all()).toEqual(["50 <cut>"]);
  });

  it("lets nothing pass until it is cut", () => {
    const { link, all } = linkWith({ type: "timeout", attributes: { timeout: 50 } });
    link.push(frame("a"), 1);
    expect(all()).toEqual(["50 <cut>"]);
  });

  it("lets nothing pass, and is never cut, with a timeout of 0 or an agent offline", () => {
    for (const fault of [{ type: "timeout" }, { type: "agent_offline" }]) {
      const { link, all } = linkWith(fault);
      link.push(frame("a"), 1);
      expect([all(), link.isClear]).toEqual([[], false]);
      link.face([], 2);
      link.push(frame("b"), 3);
      expect(all()).toEqual(["3 b"]);
    }
  });

  it("kills the node once, after its time or its bytes, and lets pass what the client is told of it", () => {
    const soon = linkWith({ type: "node_dies", attributes: { timeout: 20 } });
    soon.link.push(frame("a"), 1);
    expect([soon.out(1), ...soon.all()]).toEqual(["a", "20 <node-dies>"]);
    soon.link.push(frame("b"), 21);
    expect(soon.all()).toEqual(["21 b"]);
    const full = linkWith({ type: "node_dies", attributes: { bytes: frameBytes } });
    for (const letter of "abc") full.link.push(frame(letter), 1);
    expect(full.all()).toEqual(["1 a<node-dies>bc"]);
  });

  it("drops, doubles and spoils frames, as often as it is to", () => {
    const dropping = linkWith({ type: "drop_frames", count: 2 });
    for (const letter of "abcd") dropping.link.push(frame(letter), 1);
    expect(dropping.out(1)).toBe("cd");
    const doubling = linkWith({ type: "duplicate_frames", count: 1 });
    for (const letter of "ab") doubling.link.push(frame(letter), 1);
    expect(doubling.out(1)).toBe("aab");
    const spoiling = linkWith({ type: "wrong_digest", count: 1 });
    const sent = frame("a");
    spoiling.link.push(sent, 1);
    const [event] = spoiling.link.take(1);
    expect(event?.type === "frame" && verifyDigest(decodeAgentMessage(event.frame))).toBe(false);
    expect(verifyDigest(decodeAgentMessage(sent))).toBe(true);
  });

  it("lets a frame be overtaken by the next, or by none when none comes", () => {
    const { link, out, all } = linkWith({ type: "reorder_frames", count: 2 });
    for (const letter of "abc") link.push(frame(letter), 1);
    expect(out(1)).toBe("bac");
    const { link: lonely, all: lonelyAll } = linkWith({ type: "reorder_frames" });
    lonely.push(frame("a"), 1);
    expect(lonelyAll()).toEqual(["1001 a"]);
    expect(all()).toEqual([]);
  });

  it("lets later frames overtake those that it delays", () => {
    const { link, all } = linkWith({ type: "delay_frames", count: 1, attributes: { latency: 30 } });
    for (const letter of "ab") link.push(frame(letter), 1);
    expect(all()).toEqual(["1 b", "31 a"]);
  });

  it.each([
    ["acknowledge", "d"],
    ["data", "a"],
    ["all", ""],
  ])("harms only those frames that it is for: %s", (frames, left) => {
    const { link, out } = linkWith({ type: "drop_frames", attributes: { frames } });
    link.push(frame("a", messageType.acknowledge), 1);
    link.push(frame("d"), 1);
    expect(out(1)).toBe(left);
  });

  it("closes behind all that was sent", () => {
    const { link, all } = linkWith({ type: "latency", attributes: { latency: 10 } });
    link.push(frame("a"), 1);
    link.close(2);
    expect(all()).toEqual(["11 a", "12 <close>"]);
  });

  it("loses what is too much on its way", () => {
    const { link } = linkWith({ type: "latency", attributes: { latency: 10 } });
    const large = frame("x".repeat(1024 * 1024));
    for (let count = 0; count < 20; count += 1) link.push(large, 1);
    expect(link.take(20)).toHaveLength(7);
    link.push(large, 21);
    expect(link.take(40)).toHaveLength(1);
  });

  it("meets a connection with the probability that it is given", () => {
    const struck = Array.from({ length: 200 }, (_, seed) => {
      const link = new FaultyLink();
      link.face([activeFault({ type: "timeout", toxicity: 0.5 }, seed)], 0);
      link.push(frame("a"), 0);
      return link.take(0).length === 0;
    });
    const count = struck.filter(Boolean).length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(130);
  });
});
