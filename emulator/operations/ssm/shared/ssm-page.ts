import { ServiceException } from "../../../errors.ts";
import { paginate } from "../../paginate.ts";

/**
 * Cuts one page out of a list, as all ssm operations do. `rest` is the output's `NextToken`, empty on the last page.
 * @throws ServiceException InvalidNextToken
 * @see aws-api reference, section 2, "Pagination"
 */
export function ssmPage<Item>(
  items: readonly Item[],
  request: {
    readonly input: { readonly MaxResults?: number; readonly NextToken?: string };
    readonly defaultSize: number;
    /** What is listed and with which filters: a token works only there. */
    readonly scope: readonly unknown[];
  },
): { readonly page: readonly Item[]; readonly rest: { readonly NextToken?: string } } {
  const { page, nextToken } = paginate(items, {
    limit: request.input.MaxResults ?? request.defaultSize,
    token: request.input.NextToken,
    scope: JSON.stringify(request.scope),
    onBadToken: () => new ServiceException("InvalidNextToken", "The specified token is not valid."),
  });
  return { page, rest: nextToken === undefined ? {} : { NextToken: nextToken } };
}
