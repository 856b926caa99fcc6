import { createHash, timingSafeEqual } from "node:crypto";
import type { EpochMillis } from "../clock.ts";
import { type AuthFailure, signatureDiffers } from "./auth-failure.ts";
import { expectedSignature, scopeTerminator, sha256Hex } from "./canonical-request.ts";
import { readSignatureParts, type SignatureParts } from "./signature-parts.ts";
import { headerValue, type SignedRequest } from "./signed-request.ts";

/** The secret half of an access key. */
export interface SigningCredentials {
  readonly secretAccessKey: string;
  /** Temporary credentials only. */
  readonly sessionToken?: string;
  /** Temporary credentials only. */
  readonly expiresAt?: EpochMillis;
}

export interface SignatureOptions {
  /** The service name that the credential scope must bear. */
  readonly service: string;
  /** By which temporary credentials expire. */
  readonly now: EpochMillis;
  /** What the clients' clocks should show: they date their requests, and have no part in a clock that is put forward. */
  readonly clientNow: EpochMillis;
  /** How far the client's clock may be from ours, in milliseconds. */
  readonly skewMs: number;
}

export type SignatureVerdict =
  | {
      readonly type: "verified";
      readonly accessKeyId: string;
      readonly region: string;
      readonly service: string;
    }
  | { readonly type: "failed"; readonly failure: AuthFailure };

/**
 * Verifies a Signature Version 4 in a header or in a presigned URL. It serves the signed websocket upgrade as well
 * (service `ssmmessages`, `GET`, no body).
 * @see aws-api reference, sections 1.6 and 1.7; the checks run in the order given there
 */
export function verifySignature(
  request: SignedRequest,
  credentials: (accessKeyId: string) => SigningCredentials | undefined,
  options: SignatureOptions,
): SignatureVerdict {
  const parts = readSignatureParts(request);
  if ("type" in parts) return { type: "failed", failure: parts };
  const failure =
    dateFailure(parts, options) ??
    scopeFailure(parts, options.service) ??
    secretFailure(request, parts, credentials(parts.accessKeyId), options.now);
  if (failure !== undefined) return { type: "failed", failure };
  const { region, service } = parts.scope;
  return { type: "verified", accessKeyId: parts.accessKeyId, region, service };
}

function dateFailure(
  parts: SignatureParts,
  { clientNow: now, skewMs }: SignatureOptions,
): AuthFailure | undefined {
  const windowMs = parts.expiresMs ?? skewMs;
  if (now - parts.signedAt > windowMs) {
    const earliest = `${basicDate(now - windowMs)} (${basicDate(now)} - ${windowMs / 60_000} min.)`;
    return {
      type: "expired-request",
      text: `Signature expired: ${parts.date} is now earlier than ${earliest}`,
    };
  }
  if (parts.signedAt - now > skewMs) {
    const latest = `${basicDate(now + skewMs)} (${basicDate(now)} + ${skewMs / 60_000} min.)`;
    return {
      type: "invalid-signature",
      text: `Signature not yet current: ${parts.date} is still later than ${latest}`,
    };
  }
  return undefined;
}

function basicDate(epochMs: EpochMillis): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Region names become part of ARNs and host names, so nothing else may be in them. */
const regionPattern = /^[a-z0-9-]{1,32}$/;

/**
 * What is wrong with the scope, all of it at once. Any region will do, for iam too: a client with an endpoint of its
 * own signs with the region it was given.
 */
function scopeFailure(parts: SignatureParts, service: string): AuthFailure | undefined {
  const { scope, date } = parts;
  const texts: string[] = [];
  if (scope.service !== service) texts.push(`Credential should be scoped to correct service: '${service}'. `);
  if (!regionPattern.test(scope.region)) texts.push("Credential should be scoped to a valid region. ");
  if (scope.terminator !== scopeTerminator) {
    texts.push(
      `Credential should be scoped with a valid terminator: '${scopeTerminator}', not '${scope.terminator}'. `,
    );
  }
  if (scope.date !== date.slice(0, 8)) {
    texts.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  if (!parts.signedHeaders.includes("host")) {
    texts.push("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  return texts.length === 0 ? undefined : { type: "invalid-signature", text: texts.join("") };
}

function secretFailure(
  request: SignedRequest,
  parts: SignatureParts,
  credentials: SigningCredentials | undefined,
  now: EpochMillis,
): AuthFailure | undefined {
  if (credentials === undefined) return { type: "unknown-token" };
  if (!equalSecrets(parts.securityToken ?? "", credentials.sessionToken ?? ""))
    return { type: "unknown-token" };
  if (credentials.expiresAt !== undefined && credentials.expiresAt <= now) return { type: "expired-token" };
  const signature = expectedSignature(request, parts, credentials.secretAccessKey);
  return payloadMatches(request) && equalSecrets(parts.signature, signature) ? undefined : signatureDiffers;
}

/** A client that states the body's digest signs the statement, not the body. */
function payloadMatches({ headers, body }: SignedRequest): boolean {
  const stated = headerValue(headers, "x-amz-content-sha256");
  return (
    stated === undefined ||
    stated === "UNSIGNED-PAYLOAD" ||
    stated.startsWith("STREAMING-") ||
    stated === sha256Hex(body)
  );
}

/** Takes the same time wherever the two differ. */
function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
