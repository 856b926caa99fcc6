import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findKeyById, refusePendingDeletion } from "./shared/find-key.ts";
import { KeyId } from "./shared/schemas.ts";

export const disableKey = operation({
  service: "kms",
  name: "DisableKey",
  input: Type.Object({ KeyId }),
  handle(input, context) {
    const key = findKeyById(input.KeyId, context);
    refusePendingDeletion(key, context);
    context.state.kmsKeys.put(key.keyId, { ...key, keyState: "Disabled" });
    return {};
  },
});
