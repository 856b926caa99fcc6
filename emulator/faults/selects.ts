import type { FaultSelector } from "./fault.ts";

/** A session as faults are chosen for it. */
export interface SelectableSession {
  readonly sessionId: string;
  /** Node id. */
  readonly target: string;
  /** ARN of the principal that started it. */
  readonly ownerArn: string;
  readonly documentName: string;
}

/** Whether a fault is for that session. */
export function selectsSession(
  on: FaultSelector,
  session: SelectableSession,
  nodeName: string | undefined,
): boolean {
  return (
    (on.session === undefined || on.session === session.sessionId) &&
    (on.owner === undefined || isOwner(on.owner, session.ownerArn)) &&
    (on.document === undefined || on.document === session.documentName) &&
    selectsNode(on, { nodeId: session.target, name: nodeName })
  );
}

/** Whether a fault is for that node. */
export function selectsNode(
  on: FaultSelector,
  { nodeId, name }: { readonly nodeId: string; readonly name: string | undefined },
): boolean {
  return on.node === undefined || on.node === nodeId || on.node === name;
}

/** Whether a fault is for that request. */
export function selectsRequest(
  on: FaultSelector,
  request: { readonly service: string; readonly operation: string; readonly callerArn: string },
): boolean {
  const { service, operation, callerArn } = request;
  return (
    (on.operation === undefined ||
      on.operation === operation ||
      [`${service}.${operation}`, `${service}:${operation}`].includes(on.operation)) &&
    (on.owner === undefined || isOwner(on.owner, callerArn))
  );
}

/** `root`, an IAM user's name, `role/NAME`, or the whole ARN. */
function isOwner(owner: string, arn: string): boolean {
  if (owner === arn) return true;
  const [kind = "", ...path] = arn.split(":").slice(5).join(":").split("/");
  switch (kind) {
    case "root":
      return owner === "root";
    case "user":
      return owner === path.at(-1);
    case "assumed-role":
      return owner === `role/${path[0]}`;
    default:
      return false;
  }
}
