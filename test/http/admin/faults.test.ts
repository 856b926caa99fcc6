import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultList } from "../../../emulator/faults/fault-list.ts";
import { adminApi } from "../../../emulator/http/admin-api.ts";
import { adminOptions } from "../admin-options.ts";

let faults: FaultList;
let app: FastifyInstance;

beforeEach(async () => {
  faults = new FaultList(() => 5);
  app = fastify();
  await app.register(adminApi, adminOptions({ faults }));
});
afterEach(() => app.close());

const url = "/_emulator/faults";
const add = (payload: string | object) => app.inject({ method: "POST", url, payload });
const remove = (name = "") => app.inject({ method: "DELETE", url: `${url}${name}` });

describe("faults", () => {
  it("are made, listed with their strikes, and taken away", async () => {
    const slow = {
      name: "slow",
      type: "latency",
      on: { owner: "alice" },
      stream: "downstream",
      toxicity: 0.5,
      seed: 5,
      attributes: { latency: 100, jitter: 0 },
      strikes: 0,
    };
    const asked = {
      name: "slow",
      type: "latency",
      on: { owner: "alice" },
      toxicity: 0.5,
      attributes: { latency: 100 },
    };
    expect((await add(asked)).json()).toEqual(slow);
    await add({ type: "api_error", count: 3, attributes: { code: "TargetNotConnected" } });
    faults.all[1]?.strike();
    expect((await app.inject(url)).json()).toEqual({
      faults: [
        slow,
        {
          name: "api_error",
          type: "api_error",
          on: {},
          toxicity: 1,
          count: 3,
          seed: 5,
          attributes: { code: "TargetNotConnected", message: "" },
          strikes: 1,
        },
      ],
    });
    expect((await remove("/slow")).json()).toEqual({ status: "removed" });
    expect((await remove()).json()).toEqual({ status: "removed" });
    expect((await app.inject(url)).json()).toEqual({ faults: [] });
  });

  it.each([
    [
      { type: "latancy" },
      /^body\.type: expected one of latency, .*, found "latancy" \(did you mean latency\?\)$/,
    ],
    [
      { type: "latency" },
      /^body\.attributes\.latency: expected milliseconds, at most 600000, found nothing$/,
    ],
    [{ type: "throttling", toxicity: 7 }, /^body\.toxicity: expected a probability from 0 to 1, found .*7$/],
    [{ type: "agent_offline", on: { nod: "x" } }, /^body\.on\.nod: expected one of node, found "nod"/],
    ["[]", /^body\.type: expected one of/],
    ["{", /^body: expected JSON$/],
  ])("that make no sense are refused: %j", async (body, message) => {
    const answer = await add(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().message).toMatch(message);
    expect(faults.isEmpty).toBe(true);
  });

  it("have one name each", async () => {
    await add({ type: "stale_token" });
    const answer = await add({ type: "stale_token" });
    expect([answer.statusCode, answer.json().message]).toEqual([
      409,
      "There is a fault stale_token already; give this one another name.",
    ]);
    const missing = await remove("/stale");
    expect([missing.statusCode, missing.json().message]).toEqual([
      404,
      "There is no fault stale. Known: stale_token.",
    ]);
  });
});
