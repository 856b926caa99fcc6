import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findKeyById, refusePendingDeletion } from "./shared/find-key.ts";
import { KeyId } from "./shared/schemas.ts";

export const enableKey = operation({
  service: "kms",
  name: "EnableKey",
  input: Type.Object({ KeyId }),
  handle(input, context) {
    const key = findKeyById(input.KeyId, context);
    refusePendingDeletion(key, context);
    context.state.kmsKeys.put(key.keyId, { ...key, keyState: "Enabled" });
    return {};
  },
});
