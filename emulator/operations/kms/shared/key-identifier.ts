import type { OperationContext } from "../../operation.ts";
import { kmsExceptions } from "./exceptions.ts";

/** What of a request tells where keys are looked for. */
export type KmsScope = Pick<OperationContext, "state" | "now" | "accountId" | "region">;

/** What a `KeyId` names, with the ARN by which errors speak of it. */
export type KeyIdentifier =
  | { readonly type: "key"; readonly keyId: string; readonly arn: string }
  | { readonly type: "alias"; readonly aliasName: string; readonly arn: string };

const arnPattern = /^arn:aws:kms:([^:]*):\d{12}:((?:key|alias)\/.+)$/;

/** A UUID, or the id of a multi-Region key. */
const keyIdPattern = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32})$/i;

export function keyArn({ region, accountId }: KmsScope, keyId: string): string {
  return `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
}

/** ARN of an alias by its name, which begins with `alias/`. */
export function aliasArn({ region, accountId }: KmsScope, aliasName: string): string {
  return `arn:aws:kms:${region}:${accountId}:${aliasName}`;
}

/**
 * Reads the four forms of a key identifier: id, ARN, alias name and alias ARN.
 * @throws ServiceException NotFoundException for an ARN of another region and for what is neither id nor alias
 * @unverified How a malformed ARN is refused; a recorded DescribeKey with one would settle it.
 */
export function readKeyIdentifier(identifier: string, scope: KmsScope): KeyIdentifier {
  const [, region, resource = identifier] = arnPattern.exec(identifier) ?? [];
  if (region !== undefined && region !== scope.region) throw kmsExceptions.foreignRegion(region);
  const isArn = region !== undefined;
  if (resource.startsWith("alias/")) {
    return { type: "alias", aliasName: resource, arn: isArn ? identifier : aliasArn(scope, resource) };
  }
  const keyId = isArn ? resource.slice("key/".length) : resource;
  if (!keyIdPattern.test(keyId)) throw kmsExceptions.invalidKeyId(keyId);
  return { type: "key", keyId, arn: isArn ? identifier : keyArn(scope, keyId) };
}
