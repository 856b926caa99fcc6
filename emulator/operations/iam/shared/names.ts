import { iamExceptions } from "./exceptions.ts";

/** @throws ServiceException ValidationError for characters that names of users and roles may not have */
export function checkName(member: "userName" | "roleName", name: string): void {
  if (!/^[\w+=,.@-]+$/.test(name)) throw iamExceptions.badName(member);
}

/**
 * The path, `/` without one.
 * @throws ServiceException ValidationError
 */
export function checkedPath(path = "/"): string {
  if (!/^\/([\x21-\x7e]+\/)?$/.test(path)) throw iamExceptions.badPath();
  return path;
}
