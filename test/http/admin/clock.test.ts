import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManagedNodeError } from "../../../emulator/errors.ts";
import { adminApi } from "../../../emulator/http/admin-api.ts";
import { ManualClock } from "../../helpers/manual-clock.ts";
import { adminOptions } from "../admin-options.ts";

const start = Date.UTC(2026, 0, 2, 3, 4, 5);
const hourMs = 3_600_000;

let clock: ManualClock;
let app: FastifyInstance;

beforeEach(async () => {
  clock = new ManualClock(start);
  app = fastify();
  await app.register(adminApi, adminOptions({ clock }));
});
afterEach(() => app.close());

const advance = (payload: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
  app.inject({ method: "POST", url: "/_emulator/clock/advance", payload, headers });

describe("the clock", () => {
  it("is shown", async () => {
    await clock.advance(hourMs);
    expect((await app.inject("/_emulator/clock")).json()).toEqual({
      now: start + hourMs,
      iso: "2026-01-02T04:04:05.000Z",
      offsetMilliseconds: hourMs,
    });
  });

  it.each([
    ['{"milliseconds":1200000}', 1_200_000],
    ['{"milliseconds":0}', 0],
    ['{"duration":"20m"}', 1_200_000],
    ['{"duration":"1h30m"}', 5_400_000],
  ])("is put forward by %s", async (body, offsetMilliseconds) => {
    const answer = await advance(body);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      { now: start + offsetMilliseconds, offsetMilliseconds },
    ]);
  });

  it.each(["application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8"])(
    "takes JSON that is said to be %s",
    async (type) => {
      expect((await advance('{"duration":"1s"}', { "content-type": type })).statusCode).toBe(200);
    },
  );

  it("has moved only when everything has happened that was due", async () => {
    let isCalled = false;
    clock.at(start + 1_000, () => {
      isCalled = true;
    });
    await advance('{"duration":"1s"}');
    expect(isCalled).toBe(true);
  });
});

describe("a mistake", () => {
  it.each([
    ["", "body: expected JSON"],
    ["20m", "body: expected JSON"],
    ["[]", "body must be object"],
    ["null", "body must be object"],
    ["{}", "body: expected either milliseconds or duration"],
    ['{"milliseconds":1,"duration":"1s"}', "body: expected either milliseconds or duration"],
    ['{"milliseconds":"1"}', "body.milliseconds must be integer"],
    ['{"milliseconds":1.5}', "body.milliseconds must be integer"],
    ['{"milliseconds":-1}', "body.milliseconds must be >= 0"],
    [
      '{"milliseconds":34560000001}',
      "The clock takes a whole number of milliseconds from 0 to 34560000000 (400 days), found 34560000001",
    ],
    ['{"duration":20}', "body.duration must be string"],
    ['{"duration":"soon"}', 'body.duration: expected a duration such as 20m or 1h30m, found "soon"'],
    ['{"minutes":20}', "body must not have additional properties: minutes"],
  ])("is said: %s", async (body, message) => {
    const answer = await advance(body);
    expect([answer.statusCode, answer.json()]).toEqual([400, { message }]);
    expect(clock.offsetMs).toBe(0);
  });

  it("is a body that is missing", async () => {
    const answer = await app.inject({ method: "POST", url: "/_emulator/clock/advance" });
    expect([answer.statusCode, answer.json()]).toEqual([400, { message: "body must be object" }]);
  });

  it("is a body that is too large", async () => {
    const answer = await advance(JSON.stringify({ duration: "1".repeat(300_000) }));
    expect([answer.statusCode, answer.json()]).toEqual([413, { message: "Request body is too large" }]);
  });

  it("is a page of another origin", async () => {
    const answer = await advance('{"duration":"1s"}', { origin: "http://evil.example" });
    expect([answer.statusCode, clock.offsetMs]).toEqual([403, 0]);
  });
});

it("a node that does not get done is named", async () => {
  const message = "The node is not done with starting or ending alice-01";
  clock.at(start + 1_000, () => {
    throw new ManagedNodeError(message, { cause: "30 s" });
  });
  const answer = await advance('{"duration":"1s"}');
  expect([answer.statusCode, answer.json()]).toEqual([502, { message }]);
});
