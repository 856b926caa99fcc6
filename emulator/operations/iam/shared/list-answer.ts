import { paginate } from "../../paginate.ts";
import { iamExceptions } from "./exceptions.ts";

const defaultMaxItems = 100;

interface PagingInput {
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/**
 * One page of `items` as iam answers it, under the name `member`.
 * @param scope what is listed, with its filters
 * @throws ServiceException ValidationError for a Marker of another list
 */
export function listAnswer<T>(
  member: string,
  items: readonly T[],
  input: PagingInput,
  scope: readonly (string | undefined)[],
): object {
  const { page, nextToken } = paginate(items, {
    limit: input.MaxItems ?? defaultMaxItems,
    token: input.Marker,
    scope: JSON.stringify([member, ...scope]),
    onBadToken: iamExceptions.badMarker,
  });
  return {
    [member]: page,
    IsTruncated: nextToken !== undefined,
    ...(nextToken !== undefined && { Marker: nextToken }),
  };
}

/** Orders by a text without regard to case, as iam orders names and tag keys. */
export function sortedBy<T>(items: Iterable<T>, text: (item: T) => string): T[] {
  const key = (item: T) => text(item).toLowerCase();
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
