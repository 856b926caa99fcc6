import { createHash } from "node:crypto";
import type { EpochMillis } from "../clock.ts";
import type { AuthFailure } from "./auth-failure.ts";
import { headerValue, type SignedRequest, splitUrl } from "./signed-request.ts";

/** The only algorithm AWS takes from symmetric keys. */
export const signatureAlgorithm = "AWS4-HMAC-SHA256";

/** What a request says about its signature; nothing of it has been verified. */
export interface SignatureParts {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  /** Hex. */
  readonly signature: string;
  /** As signed, e.g. `20260102T030405Z`. */
  readonly date: string;
  readonly signedAt: EpochMillis;
  /** How long a presigned URL says it is good for; undefined in the header form. */
  readonly expiresMs: number | undefined;
  readonly securityToken: string | undefined;
}

export interface CredentialScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

interface RawParts {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly expires: string | undefined;
}

/**
 * Reads the signature from the `Authorization` header or else from the query string of a presigned URL.
 * @see aws-api reference, sections 1.6 and 1.7, "IncompleteSignature texts"
 */
export function readSignatureParts(request: SignedRequest): SignatureParts | AuthFailure {
  const authorization = headerValue(request.headers, "authorization");
  const query = new URLSearchParams(splitUrl(request.url).query);
  const isPresigned = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].some((name) =>
    query.has(name),
  );
  if (authorization === undefined && !isPresigned) return { type: "unsigned" };
  const raw = authorization === undefined ? readQuery(query) : readHeader(authorization, request);
  if (typeof raw === "string") return { type: "incomplete", text: raw };
  // Some clients send the token without signing it.
  const token = headerValue(request.headers, "x-amz-security-token") ?? query.get("X-Amz-Security-Token");
  const parts = refine(raw, token || undefined);
  return typeof parts === "string" ? { type: "incomplete", text: parts } : parts;
}

function readHeader(header: string, request: SignedRequest): RawParts | string {
  const [algorithm = "", ...rest] = header.trim().split(/\s+/);
  if (algorithm.startsWith("AWS4-") && algorithm !== signatureAlgorithm) return unsupported(algorithm);
  const fields = new Map<string, string>();
  for (const part of rest.join("").split(",")) {
    const mark = part.indexOf("=");
    if (mark < 0) {
      return `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`;
    }
    fields.set(part.slice(0, mark), part.slice(mark + 1));
  }
  const date = headerValue(request.headers, "x-amz-date") ?? headerValue(request.headers, "date");
  const complaints = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !fields.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (date === undefined) {
    complaints.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (complaints.length > 0) return `${complaints.join(" ")} ${hashed(header)}`;
  return {
    credential: fields.get("Credential") ?? "",
    signedHeaders: fields.get("SignedHeaders") ?? "",
    signature: fields.get("Signature") ?? "",
    date: date ?? "",
    expires: undefined,
  };
}

/** AWS no longer repeats the header, which may be a secret meant for someone else. */
function hashed(header: string): string {
  const digest = createHash("sha256").update(header).digest("base64");
  return `(Hashed with SHA-256 and encoded with Base64) Authorization=${digest}`;
}

function readQuery(query: URLSearchParams): RawParts | string {
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? "";
  const complaints = ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date"]
    .filter((name) => value(name) === "")
    .map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`);
  if (complaints.length > 0) return `${complaints.join(" ")} Re-examine the query-string parameters.`;
  if (value("Algorithm") !== signatureAlgorithm) return unsupported(value("Algorithm"));
  return {
    credential: value("Credential"),
    signedHeaders: value("SignedHeaders"),
    signature: value("Signature"),
    date: value("Date"),
    expires: query.get("X-Amz-Expires") ?? undefined,
  };
}

function unsupported(algorithm: string): string {
  return `Unsupported AWS 'algorithm': '${algorithm}'`;
}

function refine(raw: RawParts, securityToken: string | undefined): SignatureParts | string {
  const elements = raw.credential.split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator = ""] = elements;
  if (elements.length !== 5) {
    return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${raw.credential}'`;
  }
  const signedAt = parseBasicDate(raw.date);
  if (Number.isNaN(signedAt)) {
    return `Date must be in ISO-8601 'basic format'. Got '${raw.date}'. See http://en.wikipedia.org/wiki/ISO_8601`;
  }
  return {
    accessKeyId,
    scope: { date, region, service, terminator },
    signedHeaders: raw.signedHeaders.toLowerCase().split(";"),
    signature: raw.signature,
    date: raw.date,
    signedAt,
    expiresMs: raw.expires === undefined ? undefined : expiryMs(raw.expires),
    securityToken,
  };
}

/** AWS's limit for presigned URLs: seven days. */
const maxExpirySeconds = 604_800;

/** An expiry that cannot be read makes a URL that is never good. */
function expiryMs(seconds: string): number {
  return /^\d{1,6}$/.test(seconds) ? Math.min(Number(seconds), maxExpirySeconds) * 1000 : 0;
}

function parseBasicDate(date: string): EpochMillis {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
