import type { OperationContext } from "../../operation.ts";
import type { NodeDescription } from "../../ports/managed-nodes.ts";
import { ec2Exceptions } from "./exceptions.ts";

/** The nodes that are ec2 instances; hybrid nodes (`mi-…`) are unknown to ec2. */
export function instances({ nodes }: OperationContext): readonly NodeDescription[] {
  return nodes.list().filter(({ nodeId }) => nodeId.startsWith("i-"));
}

/**
 * The instances of these ids, without repeats.
 * @throws ServiceException InvalidInstanceID.Malformed, InvalidInstanceID.NotFound
 */
export function instancesById(ids: readonly string[], context: OperationContext): readonly NodeDescription[] {
  const malformed = ids.find((id) => !isInstanceId(id));
  if (malformed !== undefined) throw ec2Exceptions.instanceMalformed(malformed);
  const wanted = new Set(ids);
  const found = instances(context).filter(({ nodeId }) => wanted.has(nodeId));
  const foundIds = new Set(found.map(({ nodeId }) => nodeId));
  const missing = [...wanted].filter((id) => !foundIds.has(id));
  if (missing.length > 0) throw ec2Exceptions.instancesMissing(missing);
  return found;
}

/**
 * The instances a tag call names; nothing else can carry tags here.
 * @throws ServiceException MissingParameter, InvalidID, InvalidInstanceID.NotFound
 */
export function taggedInstances(
  ids: readonly string[] | undefined,
  context: OperationContext,
): readonly NodeDescription[] {
  if (ids === undefined || ids.length === 0) throw ec2Exceptions.parameterMissing("resourceIdSet");
  const invalid = ids.find((id) => !isInstanceId(id));
  if (invalid !== undefined) throw ec2Exceptions.resourceInvalid(invalid);
  return instancesById(ids, context);
}

function isInstanceId(id: string): boolean {
  return /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id);
}
