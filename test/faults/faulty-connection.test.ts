import { describe, expect, it } from "vitest";
import type { ClientConnection } from "../../emulator/agent/client-connection.ts";
import { ProtocolError } from "../../emulator/errors.ts";
import { FaultList } from "../../emulator/faults/fault-list.ts";
import { FaultyConnection } from "../../emulator/faults/faulty-connection.ts";
import { ManualClock } from "../helpers/manual-clock.ts";
import { faultOf } from "./faults.ts";

const frame = (text: string) => Buffer.from(text.padEnd(120, " "));

/** A session and a client with a faulty connection between them, and what each saw of the other. */
function situation({
  onInput = (_text: string) => {},
  onKill = (_towardsClient: ClientConnection) => {},
} = {}) {
  const clock = new ManualClock();
  const faults = new FaultList();
  const client: string[] = [];
  const session: string[] = [];
  const connection = new FaultyConnection(
    {
      send: (bytes) => client.push(Buffer.from(bytes).toString().trim()),
      close: () => client.push("<close>"),
      cut: () => client.push("<cut>"),
      fail: (error) => client.push(`<failed: ${error instanceof Error ? error.message : error}>`),
    },
    {
      clock,
      faults,
      isFor: ({ fault }) => fault.on.node !== "other",
      killNode: () => {
        session.push("<killed>");
        onKill(connection.towardsClient);
      },
    },
  );
  const attached = connection.towards({
    receive(bytes) {
      const text = Buffer.from(bytes).toString().trim();
      onInput(text);
      session.push(text);
    },
    lost: () => session.push("<lost>"),
  });
  return { clock, faults, client, session, connection: connection.towardsClient, attached };
}

describe("a connection with faults", () => {
  it("has those that are made while it is open, until they are taken away", async () => {
    const { clock, faults, client, session, connection, attached } = situation();
    connection.send(frame("a"));
    faults.add(faultOf({ type: "latency", attributes: { latency: 100 } }));
    connection.send(frame("b"));
    attached.receive(frame("1"));
    expect([client, session]).toEqual([["a"], ["1"]]);
    await clock.advance(99);
    expect(client).toEqual(["a"]);
    await clock.advance(1);
    expect(client).toEqual(["a", "b"]);
    faults.clear();
    connection.send(frame("c"));
    expect(client).toEqual(["a", "b", "c"]);
  });

  it("keeps its order when the latency goes while frames are on their way", async () => {
    const { clock, faults, client, connection } = situation();
    faults.add(faultOf({ type: "latency", attributes: { latency: 100 } }));
    connection.send(frame("a"));
    faults.clear();
    connection.send(frame("b"));
    connection.close();
    await clock.advance(100);
    expect(client).toEqual(["a", "b", "<close>"]);
  });

  it("has faults of its own direction only, and of its own session", async () => {
    const { faults, client, session, connection, attached } = situation();
    faults.add(faultOf({ type: "drop_frames", stream: "upstream" }));
    faults.add(faultOf({ type: "drop_frames", on: { node: "other" } }));
    connection.send(frame("a"));
    attached.receive(frame("1"));
    expect([client, session]).toEqual([["a"], []]);
  });

  it("stands still in both directions while the agent is offline", () => {
    const { faults, client, session, connection, attached } = situation();
    faults.add(faultOf({ type: "agent_offline" }));
    connection.send(frame("a"));
    attached.receive(frame("1"));
    faults.clear();
    connection.send(frame("b"));
    attached.receive(frame("2"));
    expect([client, session]).toEqual([["b"], ["2"]]);
  });

  it("is cut, or loses its node, when the time comes", async () => {
    const { clock, faults, client, session } = situation();
    faults.add(faultOf({ type: "node_dies", attributes: { timeout: 20 } }));
    faults.add(faultOf({ type: "reset_peer", stream: "upstream", attributes: { timeout: 30 } }));
    await clock.advance(30);
    expect([client, session]).toEqual([["<cut>"], ["<killed>"]]);
  });

  it("lets the closing message through, behind all else, once its node has died", async () => {
    const { clock, faults, client, connection } = situation({
      onKill: (towardsClient) => towardsClient.send(frame("closed")),
    });
    faults.add(faultOf({ type: "node_dies", attributes: { bytes: 120 } }));
    faults.add(faultOf({ type: "latency", attributes: { latency: 20 } }));
    for (const text of "abc") connection.send(frame(text));
    await clock.advance(20);
    await clock.advance(20);
    expect(client).toEqual(["a", "b", "c", "closed"]);
  });

  it("is done with everything once the client is lost", async () => {
    const { clock, faults, client, session, connection, attached } = situation();
    faults.add(faultOf({ type: "latency", attributes: { latency: 100 } }));
    connection.send(frame("a"));
    attached.lost();
    connection.send(frame("b"));
    await clock.advance(1_000);
    expect([client, session]).toEqual([[], ["<lost>"]]);
  });

  it.each([
    ["breaks the rules", new ProtocolError("frame-malformed", "no")],
    ["breaks something else", new Error("a bug")],
  ])("ends when a frame that came late %s, and gives nothing more", async (_what, error) => {
    const { clock, faults, client, session, attached } = situation({
      onInput: () => {
        throw error;
      },
    });
    expect(() => attached.receive(frame("1"))).toThrow(error);
    faults.add(faultOf({ type: "latency", stream: "upstream", attributes: { latency: 10 } }));
    attached.receive(frame("2"));
    attached.receive(frame("3"));
    await clock.advance(10);
    expect([client, session]).toEqual([[`<failed: ${error.message}>`], []]);
  });

  it("does not trouble its session with a late frame of the client that breaks something", async () => {
    const { clock, faults, client, connection, attached } = situation({
      onInput: () => {
        throw new Error("a bug");
      },
    });
    faults.add(faultOf({ type: "latency", stream: "upstream", attributes: { latency: 10 } }));
    faults.add(faultOf({ type: "latency", attributes: { latency: 10 } }));
    let trouble: unknown;
    clock.at(clock.now() + 10, () => {
      try {
        connection.send(frame("a"));
      } catch (error) {
        trouble = error;
      }
    });
    attached.receive(frame("1"));
    await clock.advance(10);
    expect([client, trouble]).toEqual([["<failed: a bug>"], undefined]);
  });
});
