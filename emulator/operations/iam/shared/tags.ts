import type { Tag } from "../../../access/principal.ts";
import { isReservedTag } from "../../../access/session-tags.ts";
import { iamExceptions } from "./exceptions.ts";
import { sortedBy } from "./list-answer.ts";

const maxTags = 50;

export interface TagMember {
  readonly Key: string;
  readonly Value: string;
}

/**
 * `present` with `written` over it; a key written again takes the new case and value.
 * @throws ServiceException InvalidInput for a key given twice, ValidationError for `aws:`, LimitExceeded past 50 tags
 * @see aws-api reference, section 2.6, "Tag rules"
 */
export function writeTags(present: readonly Tag[], written: readonly TagMember[]): readonly Tag[] {
  const tags = written.map(({ Key, Value }) => ({ key: Key, value: Value }));
  const keys = lowerCaseSet(tags.map((tag) => tag.key));
  if (keys.size < tags.length) throw iamExceptions.duplicateTagKeys();
  if (tags.some(isReservedTag)) throw iamExceptions.reservedTag();
  const merged = [...removeTags(present, [...keys]), ...tags];
  if (merged.length > maxTags) throw iamExceptions.tooManyTags(maxTags);
  return merged;
}

/** `present` without those keys; keys that are not there do no harm. */
export function removeTags(present: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const removed = lowerCaseSet(keys);
  return present.filter((tag) => !removed.has(tag.key.toLowerCase()));
}

/** Tags as iam lists them, by key. */
export function tagMembers(tags: readonly Tag[]): readonly TagMember[] {
  return sortedBy(tags, (tag) => tag.key).map(({ key, value }) => ({ Key: key, Value: value }));
}

function lowerCaseSet(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}
