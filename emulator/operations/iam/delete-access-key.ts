import { Type } from "typebox";
import { operation } from "../operation.ts";
import { findAccessKey } from "./shared/access-keys.ts";
import { AccessKeyId, UserName } from "./shared/schemas.ts";

/** @see API_DeleteAccessKey */
export const deleteAccessKey = operation({
  service: "iam",
  name: "DeleteAccessKey",
  input: Type.Object({ UserName: Type.Optional(UserName), AccessKeyId: AccessKeyId }),
  handle(input, context) {
    context.state.accessKeys.delete(findAccessKey(context, input).accessKeyId);
    return {};
  },
});
