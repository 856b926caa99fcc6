import type { Tag } from "../../../access/principal.ts";
import { ServiceException } from "../../../errors.ts";
import { nodeTags } from "../../node-tags.ts";
import type { OperationContext } from "../../operation.ts";
import type { NodeDescription } from "../../ports/managed-nodes.ts";
import { nodeInformation } from "./node-information.ts";

/** One filter of a node listing, whichever of the two lists it came in. */
export interface NodeFilter {
  readonly key: string;
  readonly values: readonly string[];
  readonly operator: NodeFilterOperator;
}

export type NodeFilterOperator = "Equal" | "NotEqual" | "BeginWith" | "LessThan" | "GreaterThan";

/** Where the two node listings differ. */
export interface NodeFilterRules {
  /** The code for a value that a filter cannot have. */
  readonly invalidValueCode: "InvalidInstanceInformationFilterValue" | "InvalidInstancePropertyFilterValue";
  /** Filters beside the common ones; no node here passes them. */
  readonly moreKeys: readonly string[];
}

const platformTypes = ["Windows", "Linux", "MacOS"];

/** Filters with a closed list of values. @see SSM API reference, InstanceInformationStringFilter */
const closedValues: ReadonlyMap<string, readonly string[]> = new Map([
  ["AssociationStatus", ["Success", "Pending", "Failed"]],
  ["PingStatus", ["Online", "ConnectionLost", "Inactive"]],
  ["PlatformType", platformTypes],
  ["PlatformTypes", platformTypes],
  ["ResourceType", ["EC2Instance", "ManagedInstance"]],
  ["SourceTypes", ["AWS::EC2::Instance", "AWS::SSM::ManagedInstance", "AWS::IoT::Thing"]],
]);

/**
 * The nodes that pass every filter.
 * @throws ServiceException InvalidFilterKey; InvalidInstanceId for the id of no node; the code for a bad value;
 * ValidationException when tag filters stand beside others
 * @see aws-api reference, section 2.2
 */
export function filterNodes(
  filters: readonly NodeFilter[],
  context: OperationContext,
  rules: NodeFilterRules,
): readonly NodeDescription[] {
  for (const filter of filters) checkFilter(filter, context, rules);
  if (filters.some(isTagFilter) && !filters.every(isTagFilter)) throw tagFiltersAndOthers();
  return context.nodes
    .list()
    .filter((node) => filters.every((filter) => passes(filter, valuesOf(filter.key, node, context))));
}

function checkFilter(
  { key, values, operator }: NodeFilter,
  context: OperationContext,
  rules: NodeFilterRules,
) {
  const known = key.startsWith("tag:") || filterKeys.has(key) || rules.moreKeys.includes(key);
  if (!known) throw new ServiceException("InvalidFilterKey");
  if (operator !== "Equal" && operator !== "NotEqual") return;
  if (key === "InstanceIds") {
    const unknown = values.find((id) => context.nodes.get(id) === undefined);
    if (unknown !== undefined) throw unknownNode(unknown);
  }
  const allowed = closedValues.get(key);
  const invalid = values.find((value) => allowed && !allowed.includes(value));
  if (invalid !== undefined) throw invalidValue(rules.invalidValueCode, key, invalid);
}

function isTagFilter({ key }: NodeFilter): boolean {
  return key === "tag-key" || key.startsWith("tag:");
}

function valuesOf(key: string, node: NodeDescription, { state }: OperationContext): readonly string[] {
  const tags = nodeTags(state, node);
  if (!key.startsWith("tag:")) return filterKeys.get(key)?.(node, tags) ?? [];
  return tags.filter((tag) => `tag:${tag.key}` === key).map(({ value }) => value);
}

type FilteredValues = (node: NodeDescription, tags: readonly Tag[]) => readonly string[];

/** What each filter looks at. Nodes here have no activation, role or association for a filter to find. */
const filterKeys = new Map<string, FilteredValues>([
  ["ActivationIds", () => []],
  ["AgentVersion", (node) => [node.agentVersion]],
  ["AssociationStatus", () => []],
  ["IamRole", () => []],
  ["InstanceIds", (node) => [node.nodeId]],
  ["PingStatus", (node) => [node.pingStatus]],
  ["PlatformType", (node) => [nodeInformation(node).PlatformType]],
  ["PlatformTypes", (node) => [nodeInformation(node).PlatformType]],
  ["ResourceType", (node) => [nodeInformation(node).ResourceType]],
  ["SourceIds", (node) => [nodeInformation(node).SourceId]],
  ["SourceTypes", (node) => [nodeInformation(node).SourceType]],
  ["tag-key", (_node, tags) => tags.map(({ key }) => key)],
]);

function passes({ operator, values }: NodeFilter, actual: readonly string[]): boolean {
  const some = (test: (have: string, want: string) => boolean) =>
    actual.some((have) => values.some((want) => test(have, want)));
  switch (operator) {
    case "Equal":
      return some((have, want) => have === want);
    case "NotEqual":
      return !some((have, want) => have === want);
    case "BeginWith":
      return some((have, want) => have.startsWith(want));
    case "LessThan":
      return some((have, want) => compareVersions(have, want) < 0);
    case "GreaterThan":
      return some((have, want) => compareVersions(have, want) > 0);
  }
}

/** Numbers inside the text compare as numbers: `3.3.40.0` is below `3.3.131.0`. */
function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** @unverified Code from the API reference, text ours; a recorded call would settle it. */
function unknownNode(nodeId: string): ServiceException {
  return new ServiceException("InvalidInstanceId", `The managed node ${nodeId} does not exist.`);
}

/** @unverified Code from the API reference, text ours; a recorded call would settle it. */
function invalidValue(code: string, key: string, value: string): ServiceException {
  return new ServiceException(code, `${value} is not a valid value of the filter ${key}.`);
}

/** @unverified The API reference has the rule but neither code nor text; a recorded call would settle them. */
function tagFiltersAndOthers(): ServiceException {
  return new ServiceException("ValidationException", "Tag filters cannot be combined with other filters.");
}
