import { Type } from "typebox";
import { type Page, paginate } from "../../paginate.ts";
import { ec2Exceptions } from "./exceptions.ts";

/** Input members of every listing. */
export const pagingMembers = {
  MaxResults: Type.Optional(Type.Integer()),
  NextToken: Type.Optional(Type.String()),
};

const minPage = 5;
const maxPage = 1000;

/**
 * One page of an ec2 listing. Without `MaxResults` the page holds as much as one may.
 * @throws ServiceException InvalidParameterValue
 */
export function ec2Page<Item>(
  items: readonly Item[],
  request: { readonly MaxResults?: number; readonly NextToken?: string },
  scope: readonly unknown[],
): Page<Item> {
  const limit = request.MaxResults ?? maxPage;
  if (limit < minPage) throw ec2Exceptions.maxResultsOutOfRange(limit, `greater than ${minPage}`);
  if (limit > maxPage) throw ec2Exceptions.maxResultsOutOfRange(limit, `less than or equal to ${maxPage}`);
  return paginate(items, {
    limit,
    token: request.NextToken || undefined,
    scope: JSON.stringify(scope),
    onBadToken: ec2Exceptions.badToken,
  });
}
