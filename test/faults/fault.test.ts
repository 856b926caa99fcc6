import { describe, expect, it } from "vitest";
import { readFault } from "../../emulator/faults/fault.ts";
import { faultOf } from "./faults.ts";

describe("a fault", () => {
  it("is for everything, always, towards the client, unless it says otherwise", () => {
    expect(faultOf({ type: "latency", attributes: { latency: 100 } })).toEqual({
      name: "latency_downstream",
      type: "latency",
      on: {},
      stream: "downstream",
      toxicity: 1,
      attributes: { latency: 100, jitter: 0 },
    });
  });

  it("is named for its type when it has no stream", () => {
    expect(faultOf({ type: "throttling" }).name).toBe("throttling");
    expect(faultOf({ type: "agent_offline", on: { node: "web-1" } })).toEqual({
      name: "agent_offline",
      type: "agent_offline",
      on: { node: "web-1" },
      attributes: {},
    });
  });

  it.each([
    [{ type: "latancy" }, ["type"], "latency"],
    [{}, ["type"], "nothing"],
    [null, ["type"], "nothing"],
    [{ type: "latency" }, ["attributes", "latency"], "nothing"],
    [{ type: "latency", attributes: { latency: -1 } }, ["attributes", "latency"], "-1"],
    [{ type: "latency", attributes: { latency: 1, rate: 2 } }, ["attributes", "rate"], "rate"],
    [{ type: "drop_frames", toxicity: 2 }, ["toxicity"], "2"],
    [{ type: "drop_frames", on: { operation: "StartSession" } }, ["on", "operation"], "operation"],
    [{ type: "throttling", stream: "upstream" }, ["stream"], "stream"],
    [{ type: "agent_offline", count: 1 }, ["count"], "count"],
    [{ type: "wrong_digest", name: "a b" }, ["name"], "a b"],
    [{ type: "api_error" }, ["attributes", "code"], "nothing"],
  ])("is refused with the place and what was found: %j", (value, path, found) => {
    const read = readFault(value);
    expect(read).toMatchObject({ type: "problems", problems: [{ path }] });
    expect(JSON.stringify(read)).toContain(found);
  });
});
