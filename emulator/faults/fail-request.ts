import { type ErrorFamily, internalError, ServiceException } from "../errors.ts";
import { isOfType } from "./fault.ts";
import type { FaultList } from "./fault-list.ts";
import { selectsRequest } from "./selects.ts";

/** The request that a fault may hit. */
export interface FaultableRequest {
  readonly service: string;
  /** As AWS spells it, e.g. `StartSession`. */
  readonly operation: string;
  readonly callerArn: string;
  /** How the service writes its errors. */
  readonly family: Exclude<ErrorFamily, "s3">;
}

/** Fails the request that a fault in force strikes. @throws ServiceException */
export function failRequest(request: FaultableRequest, faults: FaultList): void {
  if (faults.isEmpty) return;
  for (const active of faults.all) {
    const { fault } = active;
    if (!isOfType(fault, "throttling", "server_error", "api_error")) continue;
    if (!selectsRequest(fault.on, request) || !active.strike()) continue;
    switch (fault.type) {
      case "throttling":
        throw throttling[request.family]();
      case "server_error":
        throw internalError(request.family);
      case "api_error":
        throw new ServiceException(fault.attributes.code, fault.attributes.message);
    }
  }
}

/** @see AWS API references, "Common errors", and the EC2 user guide, "Request throttling"; all SDKs retry these codes. */
const throttling = {
  json: () => new ServiceException("ThrottlingException", "Rate exceeded"),
  query: () => new ServiceException("Throttling", "Rate exceeded"),
  ec2: () => new ServiceException("RequestLimitExceeded", "Request limit exceeded."),
};
