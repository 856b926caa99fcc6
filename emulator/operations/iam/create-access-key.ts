import { Type } from "typebox";
import { operation } from "../operation.ts";
import { accessKeysOf, presentAccessKey } from "./shared/access-keys.ts";
import { iamExceptions } from "./shared/exceptions.ts";
import { UserName } from "./shared/schemas.ts";
import { findUserOrCaller } from "./shared/user.ts";

const keysPerUser = 2;

/** The only answer that has the secret. @see API_CreateAccessKey; aws-api reference, section 1.8 */
export const createAccessKey = operation({
  service: "iam",
  name: "CreateAccessKey",
  input: Type.Object({ UserName: Type.Optional(UserName) }),
  handle(input, context) {
    const owner = findUserOrCaller(context, input.UserName);
    if (accessKeysOf(context, owner).length >= keysPerUser)
      throw iamExceptions.tooManyAccessKeys(keysPerUser);
    const key = {
      accessKeyId: `AKIA${context.random.base32(16)}`,
      secretAccessKey: context.random.base64(40),
      userName: owner?.userName,
      status: "Active",
      createdAt: context.now,
    } as const;
    context.state.accessKeys.put(key.accessKeyId, key);
    return { AccessKey: { ...presentAccessKey(key), SecretAccessKey: key.secretAccessKey } };
  },
});
