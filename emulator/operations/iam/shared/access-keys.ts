import { isoSeconds } from "../../../iso-date.ts";
import type { OperationContext } from "../../operation.ts";
import type { AccessKeyRecord, UserRecord } from "../../ports/iam-records.ts";
import { iamExceptions } from "./exceptions.ts";
import { findUserOrCaller } from "./user.ts";

/** Keys of `owner`, where undefined is the account root. */
export function accessKeysOf(context: OperationContext, owner: UserRecord | undefined): AccessKeyRecord[] {
  return [...context.state.accessKeys.values()].filter((key) => key.userName === owner?.userName);
}

/**
 * The key, which must belong to the user of that name or, without one, to the caller.
 * @throws ServiceException NoSuchEntity
 */
export function findAccessKey(
  context: OperationContext,
  input: { readonly UserName?: string; readonly AccessKeyId: string },
): AccessKeyRecord {
  const owner = findUserOrCaller(context, input.UserName);
  const key = context.state.accessKeys.get(input.AccessKeyId);
  if (key === undefined || key.userName !== owner?.userName) {
    throw iamExceptions.noSuchAccessKey(input.AccessKeyId);
  }
  return key;
}

/**
 * A key without its secret. Keys of the root have no user name.
 * @unverified What AWS shows as `UserName` for a root key: ListAccessKeys by a root would settle it.
 */
export function presentAccessKey(key: AccessKeyRecord): object {
  return {
    ...(key.userName !== undefined && { UserName: key.userName }),
    AccessKeyId: key.accessKeyId,
    Status: key.status,
    CreateDate: isoSeconds(key.createdAt),
  };
}
