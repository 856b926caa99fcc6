import { expect, it } from "vitest";
import { FaultList } from "../../emulator/faults/fault-list.ts";
import { faultyNodes } from "../../emulator/faults/faulty-nodes.ts";
import { webNode } from "../http/admin-options.ts";
import { faultOf } from "./faults.ts";

it("a node whose agent is offline has lost its connection, until the fault is taken away", () => {
  const faults = new FaultList();
  const other = { ...webNode, nodeId: "i-0000000000000000b", name: "db-1" };
  const all = [webNode, other];
  const get = (id: string) => all.find(({ nodeId }) => nodeId === id);
  const nodes = faultyNodes({ list: () => all, get }, faults);
  const seen = () => nodes.list().map(({ pingStatus }) => pingStatus);
  expect(seen()).toEqual(["Online", "Online"]);
  faults.add(faultOf({ type: "agent_offline", on: { node: "db-1" } }));
  expect(seen()).toEqual(["Online", "ConnectionLost"]);
  expect(nodes.get(other.nodeId)?.pingStatus).toBe("ConnectionLost");
  expect(nodes.get("i-1")).toBeUndefined();
  faults.clear();
  expect(seen()).toEqual(["Online", "Online"]);
});
