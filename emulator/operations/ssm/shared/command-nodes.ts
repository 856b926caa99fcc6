import { ServiceException } from "../../../errors.ts";
import { nodeTags } from "../../node-tags.ts";
import type { OperationContext } from "../../operation.ts";
import type { CommandTarget } from "../../ports/command-record.ts";
import type { NodeDescription } from "../../ports/managed-nodes.ts";

export interface CommandNodesRequest {
  readonly instanceIds: readonly string[];
  readonly targets: readonly CommandTarget[];
}

/**
 * The nodes that a command is for: those named, all of which have to be online, or all that its targets match.
 * @throws ServiceException InvalidInstanceId, DuplicateInstanceId; ValidationException for both kinds at once, and for
 * target keys that are not emulated
 * @see aws-api reference, section 2.5
 */
export function chooseCommandNodes(
  { instanceIds, targets }: CommandNodesRequest,
  context: OperationContext,
): readonly NodeDescription[] {
  if (instanceIds.length > 0 && targets.length > 0) throw namedAndTargeted();
  if (targets.length === 0) return namedNodes(instanceIds, context);
  for (const { key } of targets) {
    if (key !== "InstanceIds" && key !== "tag-key" && !key.startsWith("tag:")) throw notEmulated(key);
  }
  return context.nodes
    .list()
    .filter((node) => targets.every(({ key, values }) => hasOne(valuesOf(node, key, context), values)));
}

/** @throws ServiceException DuplicateInstanceId, without a text as in the API model */
export function checkDuplicates(instanceIds: readonly string[]): void {
  if (new Set(instanceIds).size < instanceIds.length) throw new ServiceException("DuplicateInstanceId");
}

/** @unverified Whether AWS takes a node that has just lost its connection; one SendCommand after a stop would settle it. */
function namedNodes(instanceIds: readonly string[], { nodes, accountId }: OperationContext) {
  checkDuplicates(instanceIds);
  const found = instanceIds.map((id) => nodes.get(id)).filter((node) => node !== undefined);
  const online = found.filter(isOnline);
  if (online.length > 0 && online.length === instanceIds.length) return online;
  const refused = instanceIds.filter((id) => !online.some(({ nodeId }) => nodeId === id));
  throw new ServiceException(
    "InvalidInstanceId",
    `Instances [[${refused.join(", ")}]] not in a valid state for account ${accountId}`,
  );
}

function isOnline({ pingStatus }: NodeDescription): boolean {
  return pingStatus === "Online";
}

function valuesOf(node: NodeDescription, key: string, { state }: OperationContext): readonly string[] {
  if (key === "InstanceIds") return [node.nodeId];
  const tags = nodeTags(state, node);
  if (key === "tag-key") return tags.map((tag) => tag.key);
  return tags.filter((tag) => `tag:${tag.key}` === key).map(({ value }) => value);
}

function hasOne(actual: readonly string[], wanted: readonly string[]): boolean {
  return actual.some((value) => wanted.includes(value));
}

/** @unverified Code and text; one such SendCommand would settle them. */
function namedAndTargeted(): ServiceException {
  return new ServiceException(
    "ValidationException",
    "InstanceIds and Targets cannot be specified in the same request.",
  );
}

function notEmulated(key: string): ServiceException {
  return new ServiceException(
    "ValidationException",
    `Targets of the key ${key} are not emulated; use InstanceIds, tag:<key> or tag-key.`,
  );
}
