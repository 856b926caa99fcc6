import fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adminApi } from "../../emulator/http/admin-api.ts";
import type { AccountState } from "../../emulator/operations/ports/account-state.ts";
import type { SessionRecord } from "../../emulator/operations/ports/session-record.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { accountId } from "../helpers/operation-context.ts";
import { adminOptions, sessionRecord } from "./admin-options.ts";

const shownNode = {
  nodeId: "i-0a1b2c3d4e5f60718",
  name: "web-1",
  pingStatus: "Online",
  platformName: "Amazon Linux",
  ipAddress: "10.0.0.2",
};

let app: FastifyInstance;
let state: AccountState;
let resets: number;
let routes: RouteOptions[];

beforeEach(async () => {
  state = createMemoryState();
  resets = 0;
  routes = [];
  app = fastify();
  app.addHook("onRoute", (route) => void routes.push(route));
  const reset = async () => {
    resets += 1;
  };
  await app.register(adminApi, adminOptions({ state: () => state, reset }));
});
afterEach(() => app.close());

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

function putSession(sessionId: string, overrides: Partial<SessionRecord> = {}): void {
  state.sessions.put(sessionId, sessionRecord({ sessionId, ...overrides }));
}

const shownSession = {
  sessionId: "alice-01",
  target: shownNode.nodeId,
  status: "Connected",
  startedAt: 1_000,
  documentName: "SSM-SessionManagerRunShell",
  ownerArn: `arn:aws:iam::${accountId}:user/alice`,
  tags: [
    { key: "aws:ssmmessages:target-id", value: shownNode.nodeId },
    { key: "aws:ssmmessages:session-id", value: "AIDAALICE" },
  ],
  decision: { steps: [{ by: "service", finding: "Run As is off" }], outcome: "pending" },
};

describe("health", () => {
  it("tells what runs, and where", async () => {
    const answer = await get("/_emulator/health");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      status: "running",
      version: "1.2.3",
      accountId,
      region: "eu-west-1",
      nodes: [shownNode],
    });
  });

  it("is answered as tools for other emulators expect it", async () => {
    expect((await get("/_localstack/health")).json()).toMatchObject({
      services: { ssm: "running", sts: "running", logs: "running" },
      version: "1.2.3",
    });
  });
});

it("nodes are listed", async () => {
  expect((await get("/_emulator/nodes")).json()).toEqual({ nodes: [shownNode] });
});

describe("sessions", () => {
  it("are listed, newest first, also within a millisecond", async () => {
    putSession("first");
    putSession("older", { startedAt: 500 });
    putSession("second");
    const { sessions } = (await get("/_emulator/sessions")).json<{ sessions: { sessionId: string }[] }>();
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(["second", "first", "older"]);
  });

  it("leave out what is not known yet", async () => {
    putSession("alice-01");
    expect((await get("/_emulator/sessions/alice-01")).json()).toEqual(shownSession);
  });

  it("tell the decision with its reasons, and how they ended", async () => {
    const outcome = {
      status: "Failed",
      endedAt: 2_000,
      reason: "INC-1",
      closingOutput: "no such user",
      decision: {
        outcome: "refused",
        refusal: "no such user",
        steps: [{ by: "node", finding: "user bob exists on the node: no" }],
      },
    } as const;
    putSession("alice-01", outcome);
    expect((await get("/_emulator/sessions/alice-01")).json()).toEqual({ ...shownSession, ...outcome });
  });

  it("tell the OS user once it is decided", async () => {
    const decision = { outcome: "run", runAsUser: "webadmin", steps: [] } as const;
    putSession("alice-01", { runAsUser: "webadmin", decision });
    expect((await get("/_emulator/sessions/alice-01")).json()).toMatchObject({
      runAsUser: "webadmin",
      decision,
    });
  });

  it("that do not exist are not found", async () => {
    const answer = await get("/_emulator/sessions/bob-01");
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: "There is no session bob-01." });
  });
});

describe("logs", () => {
  beforeEach(() => {
    for (const sessionId of ["a", "b"]) {
      state.sessionEvents.append({ sessionId, timestamp: 1, message: `{"sessionId":"${sessionId}"}` });
    }
  });

  it("are all sessions' events", async () => {
    expect((await get("/_emulator/logs")).json()).toEqual({
      events: [
        { sessionId: "a", timestamp: 1, message: '{"sessionId":"a"}' },
        { sessionId: "b", timestamp: 1, message: '{"sessionId":"b"}' },
      ],
    });
  });

  it("are those of one session", async () => {
    expect((await get("/_emulator/logs?sessionId=b")).json()).toMatchObject({ events: [{ sessionId: "b" }] });
    expect((await get("/_emulator/logs?sessionId=c")).json()).toEqual({ events: [] });
  });
});

it("personas are root and each user with an active key, by the first one", async () => {
  const key = (accessKeyId: string, userName: string | undefined, status: "Active" | "Inactive" = "Active") =>
    state.accessKeys.put(accessKeyId, { accessKeyId, secretAccessKey: "s", userName, status, createdAt: 1 });
  state.users.put("alice", { userName: "Alice", userId: "AIDA1", path: "/team/", createdAt: 1, tags: [] });
  key("test", undefined);
  key("AKIAOFF", "Alice", "Inactive");
  key("AKIA1", "Alice");
  key("AKIA2", "Alice");
  const shown = { secretAccessKey: "s" };
  expect((await get("/_emulator/personas")).json()).toEqual({
    personas: [
      { ...shown, name: "root", arn: `arn:aws:iam::${accountId}:root`, accessKeyId: "test" },
      { ...shown, name: "Alice", arn: `arn:aws:iam::${accountId}:user/team/Alice`, accessKeyId: "AKIA1" },
    ],
  });
});

it("the CA's certificate is given out as PEM", async () => {
  const answer = await get("/_emulator/ca.pem");
  expect(answer.headers["content-type"]).toBe("application/x-pem-file");
  expect(answer.body).toBe(adminOptions().caCertificate);
});

describe("reset", () => {
  it.each([
    [{}, undefined],
    [{ "content-type": "application/json" }, undefined],
    [{ "content-type": "application/json" }, "{}"],
    [{ "content-type": "application/x-www-form-urlencoded" }, ""],
  ])("is done with the headers %j and the body %j", async (headers, payload) => {
    const body = payload === undefined ? {} : { payload };
    const answer = await app.inject({ method: "POST", url: "/_emulator/reset", headers, ...body });
    expect([answer.statusCode, answer.json(), resets]).toEqual([200, { status: "reset" }, 1]);
  });

  it("is not done by GET", async () => {
    expect((await get("/_emulator/reset")).statusCode).toBe(404);
    expect(resets).toBe(0);
  });
});

describe("a stranger's page", () => {
  it.each([
    { host: "evil.example" },
    { origin: "http://evil.example" },
    { origin: "http://203.0.113.9" },
    { origin: "http://bucket.s3.amazonaws.com" },
    { origin: "null" },
  ])("is refused with %j", async (headers) => {
    for (const [method, url] of [
      ["POST", "/_emulator/reset"],
      ["GET", "/_emulator/personas"],
      ["GET", "/_emulator/nothing"],
      ["GET", "/_emulator/openapi.json"],
      ["GET", "/_localstack/health"],
    ] as const) {
      const answer = await app.inject({ method, url, headers });
      expect([answer.statusCode, answer.json()]).toEqual([
        403,
        { message: expect.stringMatching(/may not use/) },
      ]);
    }
    expect(resets).toBe(0);
  });

  it.each([
    { host: "lab.example:4583" },
    { origin: "http://localhost:5173" },
    { origin: "https://lab.example" },
  ])("is not what sends %j", async (headers) => {
    expect((await get("/_emulator/health", headers)).statusCode).toBe(200);
  });
});

describe("a path that does not exist", () => {
  it.each([
    ["GET", "/_emulator/nothing"],
    ["GET", "/_emulator"],
    ["GET", "/_emulator/"],
    ["POST", "/_emulator/health"],
    ["DELETE", "/_emulator/sessions/alice-01"],
  ] as const)("is not found: %s %s", async (method, url) => {
    const answer = await app.inject({ method, url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: `There is no ${method} ${url}. See /_emulator/openapi.json.` });
  });
});

describe("the OpenAPI document", () => {
  it("lists every route but itself, with a summary and an answer's shape", async () => {
    const answer = await get("/_emulator/openapi.json");
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    const document = answer.json<{
      openapi: string;
      info: object;
      paths: Record<string, Record<string, { summary?: string }>>;
    }>();
    expect(document.openapi).toMatch(/^3\./);
    expect(document.info).toEqual({ title: "ssm-emulator admin API", version: "1.2.3" });
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = routes
      .filter(({ method, schema, url }) => !schema?.hide && method !== "HEAD" && url !== "*")
      .map(({ method, url }) => `${String(method)} ${url.replace(/:(\w+)/g, "{$1}")}`);
    expect(documented.toSorted()).toEqual(served.toSorted());
    expect(served).toContain("GET /_emulator/sessions/{sessionId}");
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.filter(({ summary }) => !summary)).toEqual([]);
  });
});
