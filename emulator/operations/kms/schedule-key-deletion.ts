import { Type } from "typebox";
import { operation } from "../operation.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { findKeyById, refusePendingDeletion } from "./shared/find-key.ts";
import { keyArn } from "./shared/key-identifier.ts";
import { KeyId } from "./shared/schemas.ts";

/** Days; what the API reference says, where the model takes 1 to 365. */
const windowDays = { min: 7, max: 30, default: 30 };
const dayMs = 86_400_000;

export const scheduleKeyDeletion = operation({
  service: "kms",
  name: "ScheduleKeyDeletion",
  input: Type.Object({
    KeyId,
    PendingWindowInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  }),
  handle(input, context) {
    const { PendingWindowInDays = windowDays.default } = input;
    if (PendingWindowInDays < windowDays.min || PendingWindowInDays > windowDays.max)
      throw kmsExceptions.deletionWindow();
    const key = findKeyById(input.KeyId, context);
    refusePendingDeletion(key, context);
    const deletesAt = context.now + PendingWindowInDays * dayMs;
    context.state.kmsKeys.put(key.keyId, { ...key, keyState: "PendingDeletion", deletesAt });
    return {
      KeyId: keyArn(context, key.keyId),
      DeletionDate: deletesAt / 1000,
      KeyState: "PendingDeletion",
      PendingWindowInDays,
    };
  },
});
