import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AwsEndpointOptions } from "../../emulator/http/aws-endpoint.ts";
import { createMemoryState } from "../../emulator/store/memory.ts";
import { fakeApp, rootKey, stateWithRoot } from "./fake-operations.ts";
import { signRequest, type UnsignedRequest } from "./sign-request.ts";

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const clock = { now: () => now, at: () => () => {} };

let app: FastifyInstance;
beforeEach(() => start());
afterEach(() => app.close());

async function start(options: Partial<AwsEndpointOptions> = {}) {
  app = await fakeApp({ clock, ...options });
}

/** Puts an app with other options in the place of the one at hand. */
async function restart(options: Partial<AwsEndpointOptions>) {
  await app.close();
  await start(options);
}

async function call(service: string, request: UnsignedRequest, late = 0) {
  const signed = await signRequest(request, { ...rootKey, service, region: "eu-west-1", now: now - late });
  return inject(signed.method, signed.url, signed.headers, signed.body);
}

function inject(method: string, url: string, headers: object = {}, payload: string | Uint8Array = "") {
  const body = payload.length === 0 ? {} : { payload: Buffer.from(payload) };
  return app.inject({
    method: method as NonNullable<InjectOptions["method"]>,
    url,
    headers: { ...headers },
    ...body,
  });
}

function jsonRequest(target: string, body: string): UnsignedRequest {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  return { method: "POST", path: "/", headers, body };
}

function formRequest(body: string): UnsignedRequest {
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return { method: "POST", path: "/", headers, body };
}

const startSession = (target: string) =>
  jsonRequest("AmazonSSM.StartSession", JSON.stringify({ Target: target }));

describe("a JSON operation", () => {
  it("answers with its output and a request id", async () => {
    const answer = await call("ssm", startSession("i-1"));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/x-amz-json-1.1");
    expect(answer.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.json()).toEqual({
      SessionId: "arn:aws:iam::000000000000:root|eu-west-1|undefined",
      TokenValue: "false",
      StreamUrl: "ws://127.0.0.1:4583/v1",
    });
  });

  it("learns that it was called under an AWS host name", async () => {
    const request = startSession("i-1");
    const headers = { ...request.headers, host: "ssm.eu-west-1.amazonaws.com:443" };
    expect((await call("ssm", { ...request, headers })).json()).toMatchObject({ TokenValue: "true" });
  });

  it("answers without a body where logs has nothing to say", async () => {
    const answer = await call("logs", jsonRequest("Logs_20140328.CreateLogGroup", '{"logGroupName":"g"}'));
    expect([answer.statusCode, answer.body]).toEqual([200, ""]);
  });

  it.each([
    ["its own error", startSession("i-off"), "TargetNotConnected", "i-off is not connected."],
    [
      "a broken constraint",
      startSession(""),
      "ValidationException",
      "1 validation error detected: Value '' at 'target' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    ["broken JSON", jsonRequest("AmazonSSM.StartSession", "{"), "SerializationException", expect.any(String)],
    [
      "an operation that is missing",
      jsonRequest("AmazonSSM.SendCommand", "{}"),
      "UnknownOperationException",
      expect.stringContaining("SendCommand"),
    ],
  ])("answers 400 for %s", async (_case, request, code, message) => {
    const answer = await call("ssm", request);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ __type: code, Message: message });
  });

  it("says nothing of what broke inside", async () => {
    const answer = await call("ssm", startSession("i-bug"));
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({ __type: "InternalServerError", Message: "An internal error occurred." });
  });
});

describe("a Query operation", () => {
  it("answers with XML that bears the request id of the header", async () => {
    const answer = await call("iam", formRequest("Action=CreateUser&Version=2010-05-08&UserName=alice"));
    expect(answer.headers["content-type"]).toBe("text/xml;charset=UTF-8");
    expect(answer.body).toContain("<UserName>alice</UserName>");
    expect(answer.body).toContain(`<RequestId>${answer.headers["x-amzn-requestid"]}</RequestId>`);
  });

  it.each([
    ["Action=CreateUser&Version=2010-05-08&UserName=taken", 409, "EntityAlreadyExists"],
    ["Action=CreateUser&Version=2010-05-08", 400, "ValidationError"],
    ["Action=Nothing&Version=2010-05-08", 400, "InvalidAction"],
  ])("answers %s with %i %s", async (form, status, code) => {
    const answer = await call("iam", formRequest(form));
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(`<Code>${code}</Code>`);
  });

  it("takes its parameters from the query string of a GET", async () => {
    const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    const answer = await call("sts", { method: "GET", path: "/", query });
    expect(answer.body).toContain("<Arn>arn:aws:iam::000000000000:root</Arn>");
  });

  it("of ec2 reads and writes in ec2's way", async () => {
    const answer = await call(
      "ec2",
      formRequest("Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1"),
    );
    expect(answer.body).toContain("<instancesSet><item><instanceId>i-1</instanceId>");
  });
});

describe("authentication", () => {
  it("refuses an unsigned request in the protocol's words", async () => {
    const { headers, body = "" } = startSession("i-1");
    const answer = await inject("POST", "/", headers, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });

  it.each([
    ["ssm", startSession("i-1"), 6, 400, "InvalidSignatureException"],
    ["sts", formRequest("Action=GetCallerIdentity&Version=2011-06-15"), 6, 200, "GetCallerIdentityResult"],
    ["sts", formRequest("Action=GetCallerIdentity&Version=2011-06-15"), 16, 403, "SignatureDoesNotMatch"],
    ["ec2", formRequest("Action=DescribeInstances&Version=2016-11-15"), 16, 400, "RequestExpired"],
  ])("of %s answers a clock that is off", async (service, request, minutes, status, text) => {
    const answer = await call(service, request, minutes * 60_000);
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(text);
  });

  it("dates requests by the clients' clock, not by one that is put forward", async () => {
    const tomorrow = { now: () => now + 24 * 60 * 60_000, at: () => () => {} };
    await restart({ clock: tomorrow, realClock: clock });
    expect((await call("ssm", startSession("i-1"))).statusCode).toBe(200);
    await restart({ clock, realClock: tomorrow });
    expect((await call("ssm", startSession("i-1"))).json()).toMatchObject({
      __type: "InvalidSignatureException",
    });
  });

  it("checks the scope against the target's service", async () => {
    const answer = await call("iam", startSession("i-1"));
    expect(answer.json()).toMatchObject({
      Message: "Credential should be scoped to correct service: 'ssm'. ",
    });
  });

  it("asks for the state at each request", async () => {
    let state = stateWithRoot();
    await restart({ state: () => state });
    expect((await call("ssm", startSession("i-1"))).statusCode).toBe(200);
    state = createMemoryState();
    expect((await call("ssm", startSession("i-1"))).json()).toMatchObject({
      __type: "UnrecognizedClientException",
    });
  });

  it("takes anyone for the root when signatures are not verified", async () => {
    await restart({ verifySignatures: false });
    const { headers, body = "" } = startSession("i-1");
    expect((await inject("POST", "/", headers, body)).json()).toMatchObject({
      SessionId: "arn:aws:iam::000000000000:root|us-east-1|undefined",
    });
  });
});

describe("other requests", () => {
  it("get XML for a bare GET", async () => {
    const answer = await inject("GET", "/");
    expect([answer.statusCode, answer.body]).toEqual([404, "<UnknownOperationException/>\n"]);
  });

  it.each(["GET", "PUT", "DELETE"])("for a bucket get an S3 error: %s", async (method) => {
    const answer = await inject(method, "/bucket/key");
    expect(answer.statusCode).toBe(501);
    expect(answer.body).toContain("<Code>NotImplemented</Code><Message>The service s3 is not emulated");
  });

  it("that are too large get 413 unread", async () => {
    await restart({ maxBodyBytes: 10 });
    const json = await call("ssm", startSession("i-1"));
    expect([json.statusCode, json.json().__type]).toEqual([413, "RequestEntityTooLargeException"]);
    const form = await call("iam", formRequest("Action=CreateUser&Version=2010-05-08&UserName=alice"));
    expect([form.statusCode, form.body]).toEqual([
      413,
      expect.stringContaining("<Code>RequestEntityTooLarge<"),
    ]);
  });

  it("without or with a malformed content type are answered in XML", async () => {
    for (const headers of [{}, { "content-type": "no type" }]) {
      const answer = await inject(
        "POST",
        "/",
        { ...headers, "x-amz-target": "AmazonSSM.StartSession" },
        "{}",
      );
      expect([answer.statusCode, answer.body]).toEqual([404, "<UnknownOperationException/>\n"]);
    }
  });

  it("leave paths of other plugins alone", async () => {
    app.get("/_emulator/health", async () => ({ status: "ok" }));
    expect((await inject("GET", "/_emulator/health")).json()).toEqual({ status: "ok" });
  });
});

describe("a browser's origin", () => {
  it.each(["http://evil.example", "null", "http://127.0.0.1:80"])(
    "%s is refused without CORS headers",
    async (origin) => {
      const request = startSession("i-1");
      const answer = await call("ssm", { ...request, headers: { ...request.headers, origin } });
      expect(answer.json()).toMatchObject({ __type: "AccessDeniedException" });
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    },
  );

  it("of our own may call", async () => {
    const request = startSession("i-1");
    const headers = { ...request.headers, origin: "http://127.0.0.1:4583" };
    expect((await call("ssm", { ...request, headers })).statusCode).toBe(200);
  });

  it("gets no leave from a preflight", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    const answer = await inject("OPTIONS", "/", headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
  });
});
