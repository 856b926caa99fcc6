import { Type } from "typebox";
import { operation } from "../operation.ts";
import { refuseBadAliasName } from "./shared/alias-name.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { findKeyById, refusePendingDeletion } from "./shared/find-key.ts";
import { aliasArn, readKeyIdentifier } from "./shared/key-identifier.ts";
import { AliasName, KeyId } from "./shared/schemas.ts";

export const createAlias = operation({
  service: "kms",
  name: "CreateAlias",
  input: Type.Object({ AliasName, TargetKeyId: KeyId }),
  handle(input, context) {
    const { state, now } = context;
    refuseBadAliasName(input.AliasName);
    if (readKeyIdentifier(input.TargetKeyId, context).type === "alias") throw kmsExceptions.aliasOfAlias();
    const key = findKeyById(input.TargetKeyId, context);
    refusePendingDeletion(key, context);
    if (state.kmsAliases.get(input.AliasName) !== undefined)
      throw kmsExceptions.aliasExists(aliasArn(context, input.AliasName));
    state.kmsAliases.put(input.AliasName, { name: input.AliasName, keyId: key.keyId, createdAt: now });
    return {};
  },
});
