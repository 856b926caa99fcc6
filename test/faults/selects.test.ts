import { describe, expect, it } from "vitest";
import { selectsNode, selectsRequest, selectsSession } from "../../emulator/faults/selects.ts";

const account = "000000000000";
const alice = `arn:aws:iam::${account}:user/ops/alice`;
const session = {
  sessionId: "alice-01",
  target: "i-0a1b2c3d4e5f60718",
  ownerArn: alice,
  documentName: "SSM-SessionManagerRunShell",
};

describe("which session a fault is for", () => {
  it.each([
    [{}, true],
    [{ session: "alice-01" }, true],
    [{ session: "alice-02" }, false],
    [{ owner: "alice" }, true],
    [{ owner: alice }, true],
    [{ owner: "ops" }, false],
    [{ node: "web-1" }, true],
    [{ node: "i-0a1b2c3d4e5f60718" }, true],
    [{ node: "web-2" }, false],
    [{ document: "SSM-SessionManagerRunShell" }, true],
    [{ document: "AWS-StartSSHSession" }, false],
    [{ owner: "alice", node: "web-2" }, false],
  ])("%j: %s", (on, expected) => {
    expect(selectsSession(on, session, "web-1")).toBe(expected);
  });

  it.each([
    ["root", `arn:aws:iam::${account}:root`, true],
    ["root", `arn:aws:iam::${account}:user/root`, true],
    ["role/operator", `arn:aws:sts::${account}:assumed-role/operator/alice`, true],
    ["operator", `arn:aws:sts::${account}:assumed-role/operator/alice`, false],
    ["alice", `arn:aws:sts::${account}:assumed-role/operator/alice`, false],
  ])("%s owns the sessions of %s: %s", (owner, ownerArn, expected) => {
    expect(selectsSession({ owner }, { ...session, ownerArn }, undefined)).toBe(expected);
  });
});

it("a fault is for a node by id or name", () => {
  const node = { nodeId: "i-1", name: "web-1" };
  expect(["i-1", "web-1", "web-2"].map((name) => selectsNode({ node: name }, node))).toEqual([
    true,
    true,
    false,
  ]);
});

it("a fault is for an operation with or without its service", () => {
  const request = { service: "ssm", operation: "StartSession", callerArn: alice };
  const operations = ["StartSession", "ssm.StartSession", "ssm:StartSession", "iam.StartSession", "Start"];
  expect(operations.map((operation) => selectsRequest({ operation }, request))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(selectsRequest({ owner: "bob" }, request)).toBe(false);
});
