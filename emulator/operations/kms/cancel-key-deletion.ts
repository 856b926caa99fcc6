import { Type } from "typebox";
import { operation } from "../operation.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { findKeyById } from "./shared/find-key.ts";
import { keyArn } from "./shared/key-identifier.ts";
import { KeyId } from "./shared/schemas.ts";

/** The key stays disabled until EnableKey. */
export const cancelKeyDeletion = operation({
  service: "kms",
  name: "CancelKeyDeletion",
  input: Type.Object({ KeyId }),
  handle(input, context) {
    const key = findKeyById(input.KeyId, context);
    const arn = keyArn(context, key.keyId);
    if (key.keyState !== "PendingDeletion") throw kmsExceptions.notPendingDeletion(arn);
    context.state.kmsKeys.put(key.keyId, { ...key, keyState: "Disabled", deletesAt: undefined });
    return { KeyId: arn };
  },
});
