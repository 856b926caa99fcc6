import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { SignedRequest } from "../../emulator/http/signed-request.ts";

export interface SigningOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly service: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Writes the payload's digest into a header of its own, as the JavaScript SDK does. */
  readonly applyChecksum?: boolean;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Signs with AWS's own signer, header form. */
export async function signRequest(request: UnsignedRequest, options: SigningOptions): Promise<SignedRequest> {
  const { method, headers } = await signer(options).sign(smithyRequest(request), {
    signingDate: new Date(options.now),
  });
  return wireRequest(request, { method, headers });
}

/** Signs with AWS's own signer, query form. */
export async function presignRequest(
  request: UnsignedRequest,
  options: SigningOptions,
  expiresIn: number,
): Promise<SignedRequest> {
  const { method, headers, query } = await signer(options).presign(smithyRequest(request), {
    signingDate: new Date(options.now),
    expiresIn,
  });
  return wireRequest({ ...request, query: { ...query } as Record<string, string> }, { method, headers });
}

function signer(options: SigningOptions): SignatureV4 {
  const { accessKeyId, secretAccessKey, sessionToken, service, region, applyChecksum = false } = options;
  return new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    service,
    region,
    sha256: Sha256,
    applyChecksum,
  });
}

function smithyRequest({ method, path, query, headers, body }: UnsignedRequest) {
  return {
    method,
    protocol: "http:",
    hostname: "127.0.0.1",
    port: 4583,
    path,
    query: { ...query },
    headers: { host: "127.0.0.1:4583", ...headers },
    body,
  };
}

function wireRequest(
  { path, query, body }: UnsignedRequest,
  signed: { readonly method: string; readonly headers: Record<string, string> },
): SignedRequest {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return {
    method: signed.method,
    url: pairs.length === 0 ? path : `${path}?${pairs.join("&")}`,
    headers: Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: Buffer.from(body ?? ""),
  };
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: Bytes) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", toBuffer(secret));
  }

  update(chunk: Bytes): void {
    this.#hash.update(toBuffer(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("the signer makes a new hash for every digest");
  }
}

function toBuffer(chunk: Bytes): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  return ArrayBuffer.isView(chunk)
    ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : Buffer.from(chunk);
}
