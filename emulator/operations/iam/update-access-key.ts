import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findAccessKey } from "./shared/access-keys.ts";
import { AccessKeyId, AccessKeyStatus, UserName } from "./shared/schemas.ts";

/** @see API_UpdateAccessKey */
export const updateAccessKey = operation({
  service: "iam",
  name: "UpdateAccessKey",
  input: Type.Object({
    UserName: Type.Optional(UserName),
    AccessKeyId: AccessKeyId,
    Status: AccessKeyStatus,
  }),
  handle(input, context) {
    const key = findAccessKey(context, input);
    context.state.accessKeys.put(key.accessKeyId, { ...key, status: input.Status });
    return {};
  },
});
