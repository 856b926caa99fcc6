import { isoSeconds } from "../../../iso-date.ts";
import type { OperationContext } from "../../operation.ts";
import type { UserRecord } from "../../ports/iam-records.ts";
import { iamExceptions } from "./exceptions.ts";
import { checkName } from "./names.ts";
import { tagMembers } from "./tags.ts";

/** @see aws-api reference, section 2.7, "ARNs" */
export function userArn(accountId: string, user: UserRecord): string {
  return `arn:aws:iam::${accountId}:user${user.path}${user.userName}`;
}

/**
 * The user of that name, whatever its case.
 * @throws ServiceException NoSuchEntity, ValidationError for a name that cannot be one
 */
export function findUser(context: OperationContext, userName: string): UserRecord {
  checkName("userName", userName);
  const user = context.state.users.get(userName.toLowerCase());
  if (user === undefined) throw iamExceptions.noSuchUser(userName);
  return user;
}

/**
 * The user of that name or, without a name, the caller; undefined stands for the account root.
 * @throws ServiceException NoSuchEntity; ValidationError when a role session leaves the name out
 */
export function findUserOrCaller(
  context: OperationContext,
  userName: string | undefined,
): UserRecord | undefined {
  if (userName !== undefined) return findUser(context, userName);
  switch (context.principal.type) {
    case "root":
      return undefined;
    case "user":
      return findUser(context, context.principal.userName);
    case "assumed-role":
      throw iamExceptions.callerIsNoUser();
  }
}

/** A user as ListUsers shows it. */
export function presentUser(context: OperationContext, user: UserRecord): object {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: userArn(context.accountId, user),
    CreateDate: isoSeconds(user.createdAt),
  };
}

/** A user as CreateUser and GetUser show it. */
export function presentUserWithTags(context: OperationContext, user: UserRecord): object {
  return {
    ...presentUser(context, user),
    ...(user.tags.length > 0 && { Tags: tagMembers(user.tags) }),
  };
}
