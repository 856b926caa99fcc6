import { createHash, createHmac } from "node:crypto";
import { type SignatureParts, signatureAlgorithm } from "./signature-parts.ts";
import { headerValue, type SignedRequest, splitUrl } from "./signed-request.ts";

/** Ends every credential scope. */
export const scopeTerminator = "aws4_request";

/**
 * The signature, in hex, that the holder of the secret would have put on the request.
 * @see AWS General Reference, "Create a signed AWS API request"; aws-api reference, section 1.6
 */
export function expectedSignature(
  request: SignedRequest,
  parts: SignatureParts,
  secretAccessKey: string,
): string {
  const { date, region, service, terminator } = parts.scope;
  const stringToSign = [
    signatureAlgorithm,
    parts.date,
    `${date}/${region}/${service}/${terminator}`,
    sha256Hex(canonicalRequest(request, parts.signedHeaders)),
  ].join("\n");
  const key = [date, region, service, scopeTerminator].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  return hmac(key, stringToSign).toString("hex");
}

/** Hex digest of the bytes or of the text's UTF-8. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function hmac(key: string | Buffer, content: string): Buffer {
  return createHmac("sha256", key).update(content).digest();
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const { path, query } = splitUrl(request.url);
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${foldSpaces(headerValue(request.headers, name) ?? "")}`),
    "",
    signedHeaders.join(";"),
    headerValue(request.headers, "x-amz-content-sha256") ?? sha256Hex(request.body),
  ].join("\n");
}

/** Every service but s3 signs the path normalised and encoded once more than on the wire. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encodeStrictly(segment));
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((pair) => pair !== "" && !pair.startsWith("X-Amz-Signature="))
    .map((pair) => {
      const mark = pair.indexOf("=");
      const [name, value] = mark < 0 ? [pair, ""] : [pair.slice(0, mark), pair.slice(mark + 1)];
      return [recode(name), recode(value)] as const;
    })
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Clients differ in what they leave unencoded on the wire, and agree on what they sign. */
function recode(encoded: string): string {
  try {
    return encodeStrictly(decodeURIComponent(encoded.replaceAll("+", "%20")));
  } catch {
    return encoded;
  }
}

/** RFC 3986: everything but `A–Z a–z 0–9 - . _ ~`. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function foldSpaces(value: string): string {
  return value.trim().replace(/\s+/g, " ");
}
