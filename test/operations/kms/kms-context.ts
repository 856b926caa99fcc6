import { createAlias } from "../../../emulator/operations/kms/create-alias.ts";
import { createKey } from "../../../emulator/operations/kms/create-key.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { operationContext } from "../../helpers/operation-context.ts";

export const keyArnPrefix = "arn:aws:kms:us-east-1:000000000000:key/";
export const aliasArnPrefix = "arn:aws:kms:us-east-1:000000000000:";

/** A context with a key behind each of these aliases. */
export function kmsContext(...aliasNames: readonly string[]) {
  const context = operationContext();
  const keyIds = aliasNames.map((AliasName) => {
    const keyId = newKey(context);
    createAlias.handle({ AliasName, TargetKeyId: keyId }, context);
    return keyId;
  });
  return { context, keyIds, keyId: keyIds[0] ?? "" };
}

/** Id of a new key. */
export function newKey(context: OperationContext): string {
  const { KeyMetadata } = createKey.handle({}, context) as { readonly KeyMetadata: { KeyId: string } };
  return KeyMetadata.KeyId;
}
