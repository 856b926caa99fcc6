import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SigningCredentials, verifySignature } from "../../emulator/http/signature.ts";
import type { SignedRequest } from "../../emulator/http/signed-request.ts";
import { presignRequest, type SigningOptions, signRequest } from "./sign-request.ts";

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const minute = 60_000;
const credentials = { accessKeyId: "AKIAALICE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const signing: SigningOptions = { ...credentials, service: "ssm", region: "eu-west-1", now };
const startSession = {
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.StartSession" },
  body: '{"Target":"i-1"}',
};

function verify(
  request: SignedRequest,
  options: {
    readonly service?: string;
    readonly now?: number;
    readonly clientNow?: number;
    readonly known?: SigningCredentials | undefined;
  } = {},
) {
  const known = "known" in options ? options.known : credentials;
  return verifySignature(request, (id) => (id === credentials.accessKeyId ? known : undefined), {
    service: options.service ?? "ssm",
    now: options.now ?? now,
    clientNow: options.clientNow ?? options.now ?? now,
    skewMs: 5 * minute,
  });
}

function withAuthorization(request: SignedRequest, change: (header: string) => string): SignedRequest {
  return {
    ...request,
    headers: { ...request.headers, authorization: change(String(request.headers.authorization)) },
  };
}

function failureText(verdict: ReturnType<typeof verify>): string {
  if (verdict.type === "verified") return "verified";
  return "text" in verdict.failure ? verdict.failure.text : verdict.failure.type;
}

describe("a genuine signature", () => {
  it("names the key, the region and the service", async () => {
    expect(verify(await signRequest(startSession, signing))).toEqual({
      type: "verified",
      accessKeyId: "AKIAALICE",
      region: "eu-west-1",
      service: "ssm",
    });
  });

  it("verifies whatever path, query, headers and body AWS's signer has signed", async () => {
    const text = fc.string({ unit: "binary", maxLength: 12 }).filter((value) => value.isWellFormed());
    const pathSegment = fc.oneof(text.map(encodeURIComponent), fc.constantFrom(".", "..", "", "a b~!*'()"));
    const request = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT"),
      path: fc.array(pathSegment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`),
      query: fc.dictionary(
        text.filter((name) => name !== "__proto__"),
        fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
        {
          maxKeys: 4,
        },
      ),
      headers: fc.dictionary(
        fc.stringMatching(/^x-test-[a-z]{1,5}$/),
        fc.stringMatching(/^[!-~][ -~]{0,20}[!-~]$/),
        { maxKeys: 3 },
      ),
      body: text,
    });
    await fc.assert(
      fc.asyncProperty(request, fc.boolean(), async (unsigned, applyChecksum) => {
        const signed = await signRequest(unsigned, { ...signing, applyChecksum });
        expect(verify(signed).type).toBe("verified");
      }),
      { numRuns: 100 },
    );
  });

  it("verifies on a websocket upgrade", async () => {
    const upgrade = {
      method: "GET",
      path: "/v1/data-channel/alice-0123",
      query: { role: "publish_subscribe" },
    };
    const signed = await signRequest(upgrade, { ...signing, service: "ssmmessages" });
    expect(verify(signed, { service: "ssmmessages" }).type).toBe("verified");
  });

  it("verifies in the query string of a presigned URL", async () => {
    const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    const signed = await presignRequest(
      { method: "GET", path: "/", query },
      { ...signing, service: "sts" },
      60,
    );
    expect(signed.headers.authorization).toBeUndefined();
    expect(verify(signed, { service: "sts", now: now + minute }).type).toBe("verified");
  });

  it("reads a plus sign in the query string as a space", async () => {
    const signed = await signRequest({ method: "GET", path: "/", query: { a: "b c" } }, signing);
    expect(verify({ ...signed, url: "/?a=b+c" }).type).toBe("verified");
  });

  it("takes the date from the Date header when there is no other", async () => {
    const signed = await signRequest(startSession, signing);
    const { "x-amz-date": date, ...headers } = signed.headers;
    const moved = { ...signed, headers: { ...headers, date: String(date) } };
    // The signer signs X-Amz-Date, so only the date's own checks can pass.
    expect(failureText(verify(moved))).toContain("The request signature we calculated");
  });
});

describe("a tampered request", () => {
  const tampers: readonly (readonly [string, (request: SignedRequest) => SignedRequest])[] = [
    ["method", (request) => ({ ...request, method: "GET" })],
    ["path", (request) => ({ ...request, url: "/other" })],
    ["query", (request) => ({ ...request, url: "/?a=b" })],
    ["body", (request) => ({ ...request, body: Buffer.from('{"Target":"i-2"}') })],
    [
      "signed header",
      (request) => ({ ...request, headers: { ...request.headers, "x-amz-target": "AmazonSSM.SendCommand" } }),
    ],
    [
      "missing signed header",
      (request) => {
        const { "x-amz-target": _, ...headers } = request.headers;
        return { ...request, headers };
      },
    ],
    ["region", (request) => withAuthorization(request, (header) => header.replace("eu-west-1", "eu-west-2"))],
    [
      "signed headers",
      (request) => withAuthorization(request, (header) => header.replace("content-type;", "")),
    ],
    [
      "signature",
      (request) =>
        withAuthorization(request, (header) => header.replace(/.$/, (last) => (last === "0" ? "1" : "0"))),
    ],
    ["short signature", (request) => withAuthorization(request, (header) => header.slice(0, -1))],
  ];
  it.each(tampers)("is refused when its %s was changed", async (_part, tamper) => {
    const signed = await signRequest(startSession, signing);
    expect(verify(tamper(signed))).toMatchObject({
      type: "failed",
      failure: {
        type: "invalid-signature",
        text: expect.stringContaining("The request signature we calculated"),
      },
    });
  });

  it("is refused when the stated digest is not the body's", async () => {
    const signed = await signRequest(startSession, { ...signing, applyChecksum: true });
    expect(signed.headers["x-amz-content-sha256"]).toBeDefined();
    expect(failureText(verify({ ...signed, body: Buffer.from("{}") }))).toContain("we calculated");
  });

  it("may have any body under UNSIGNED-PAYLOAD", async () => {
    const headers = { ...startSession.headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    const signed = await signRequest({ ...startSession, headers }, signing);
    expect(verify({ ...signed, body: Buffer.from("{}") }).type).toBe("verified");
  });
});

describe("dates", () => {
  it.each([
    ["at the window's old end", 5 * minute, "verified"],
    [
      "past it",
      5 * minute + 1000,
      "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 5 min.)",
    ],
    ["at the window's new end", -5 * minute, "verified"],
    [
      "past that",
      -5 * minute - 1000,
      "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 5 min.)",
    ],
  ])("answers %s", async (_when, lateMs, expected) => {
    expect(failureText(verify(await signRequest(startSession, signing), { now: now + lateMs }))).toBe(
      expected,
    );
  });

  it("ends a presigned URL after X-Amz-Expires", async () => {
    const signed = await presignRequest({ method: "GET", path: "/" }, signing, 120);
    expect(failureText(verify(signed, { now: now + 2 * minute + 1000 }))).toBe(
      "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030606Z - 2 min.)",
    );
  });

  it("go by the clients' clock, which is not put forward", async () => {
    const signed = await signRequest(startSession, signing);
    const tomorrow = now + 24 * 60 * minute;
    expect(verify(signed, { now: tomorrow, clientNow: now }).type).toBe("verified");
    expect(verify(signed, { now, clientNow: tomorrow })).toMatchObject({
      failure: { type: "expired-request" },
    });
  });

  it("come before the key", async () => {
    const late = verify(await signRequest(startSession, signing), {
      now: now + 60 * minute,
      known: undefined,
    });
    expect(late).toMatchObject({ failure: { type: "expired-request" } });
  });
});

describe("the credential scope", () => {
  it("must bear the service", async () => {
    expect(failureText(verify(await signRequest(startSession, signing), { service: "iam" }))).toBe(
      "Credential should be scoped to correct service: 'iam'. ",
    );
  });

  it.each([
    ["/eu-west-1/", "/../", "Credential should be scoped to a valid region. "],
    [
      "/aws4_request",
      "/aws5_request",
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
    ],
    [
      "/20260102/",
      "/20260101/",
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260101' != '20260102', from '20260102T030405Z'.",
    ],
    ["host;", "", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
  ])("with %s turned into '%s' is refused", async (from, to, text) => {
    const signed = withAuthorization(await signRequest(startSession, signing), (header) =>
      header.replace(from, to),
    );
    expect(failureText(verify(signed))).toBe(text);
  });
});

describe("keys and tokens", () => {
  const temporary = {
    secretAccessKey: credentials.secretAccessKey,
    sessionToken: "token",
    expiresAt: now + 1,
  };
  it.each<[string, SigningCredentials | undefined, string | undefined, string]>([
    ["an unknown key", undefined, undefined, "unknown-token"],
    ["a long-term key with a token", credentials, "token", "unknown-token"],
    ["a temporary key without its token", temporary, undefined, "unknown-token"],
    ["a temporary key with another token", temporary, "tokem", "unknown-token"],
    ["a temporary key with its token", temporary, "token", "verified"],
    ["an expired token", { ...temporary, expiresAt: now }, "token", "expired-token"],
  ])("answers %s", async (_case, known, sessionToken, expected) => {
    const options = sessionToken === undefined ? signing : { ...signing, sessionToken };
    expect(failureText(verify(await signRequest(startSession, options), { known }))).toBe(expected);
  });

  it("takes a token that is not among the signed headers", async () => {
    const signed = await signRequest(startSession, signing);
    const request = { ...signed, headers: { ...signed.headers, "x-amz-security-token": "token" } };
    expect(verify(request, { known: temporary }).type).toBe("verified");
  });

  it("takes the token of a presigned URL", async () => {
    const options = { ...signing, sessionToken: "token" };
    const signed = await presignRequest({ method: "GET", path: "/" }, options, 60);
    expect(verify(signed, { known: temporary }).type).toBe("verified");
  });
});

describe("an unreadable signature", () => {
  const hashOf = (header: string) => createHash("sha256").update(header).digest("base64");
  const onlyCredential = "AWS4-HMAC-SHA256 Credential=a/b/c/d/e";
  const complete = "SignedHeaders=host, Signature=0";
  const date = { "x-amz-date": "20260102T030405Z" };
  it.each<[string, Record<string, string>, string]>([
    ["unsigned", {}, "unsigned"],
    [
      "missing parts",
      { authorization: onlyCredential },
      `Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=${hashOf(onlyCredential)}`,
    ],
    [
      "no equal sign",
      { authorization: "Bearer abc" },
      "'abc' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer abc'.",
    ],
    [
      "scope shape",
      { authorization: `AWS4-HMAC-SHA256 Credential=a/b/c, ${complete}`, ...date },
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c'",
    ],
    [
      "date shape",
      { authorization: `${onlyCredential}, ${complete}`, "x-amz-date": "20261302T030405Z" },
      "Date must be in ISO-8601 'basic format'. Got '20261302T030405Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    ],
    [
      "other algorithm",
      { authorization: `AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d/e, ${complete}`, ...date },
      "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'",
    ],
  ])("is told what is wrong: %s", (_case, headers, text) => {
    expect(failureText(verify({ method: "POST", url: "/", headers, body: Buffer.alloc(0) }))).toBe(text);
  });

  it("is told which parameters a presigned URL lacks", () => {
    const url = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-SignedHeaders=host";
    expect(failureText(verify({ method: "GET", url, headers: {}, body: Buffer.alloc(0) }))).toBe(
      "AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
  });
});
