import { createHash } from "node:crypto";
import type { ServiceException } from "../errors.ts";

const digestBytes = 12;
const offsetBytes = 4;

export interface PageRequest {
  /** Most items a page holds. */
  readonly limit: number;
  /** The token of the page before; undefined asks for the first page. */
  readonly token: string | undefined;
  /** What is listed and with which filters: a token works only where this is the same text. */
  readonly scope: string;
  readonly onBadToken: () => ServiceException;
}

export interface Page<T> {
  readonly page: readonly T[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * Cuts one page out of `items`, which are to come in the same order on every call.
 * @throws ServiceException what `onBadToken` makes, for a token we did not give out for this scope
 * @see aws-api reference, section 2, "Pagination"
 */
export function paginate<T>(items: readonly T[], request: PageRequest): Page<T> {
  const start = request.token === undefined ? 0 : decodeToken(request.token, request.scope);
  if (start === undefined) throw request.onBadToken();
  const end = start + request.limit;
  return {
    page: items.slice(start, end),
    nextToken: end < items.length ? encodeToken(end, request.scope) : undefined,
  };
}

function encodeToken(offset: number, scope: string): string {
  const bytes = Buffer.alloc(offsetBytes);
  bytes.writeUInt32BE(offset);
  const digest = createHash("sha256").update(bytes).update(scope).digest().subarray(0, digestBytes);
  return Buffer.concat([bytes, digest]).toString("base64url");
}

function decodeToken(token: string, scope: string): number | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== offsetBytes + digestBytes) return undefined;
  const offset = bytes.readUInt32BE();
  return encodeToken(offset, scope) === token ? offset : undefined;
}
