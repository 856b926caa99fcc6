import { Type } from "typebox";
import { operation } from "../operation.ts";
import { refuseBadAliasName } from "./shared/alias-name.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { aliasArn } from "./shared/key-identifier.ts";
import { AliasName } from "./shared/schemas.ts";

export const deleteAlias = operation({
  service: "kms",
  name: "DeleteAlias",
  input: Type.Object({ AliasName }),
  handle(input, context) {
    refuseBadAliasName(input.AliasName);
    if (!context.state.kmsAliases.delete(input.AliasName))
      throw kmsExceptions.aliasMissing(aliasArn(context, input.AliasName));
    return {};
  },
});
