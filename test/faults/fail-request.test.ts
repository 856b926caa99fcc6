import { expect, it } from "vitest";
import { ServiceException } from "../../emulator/errors.ts";
import { failRequest } from "../../emulator/faults/fail-request.ts";
import { FaultList } from "../../emulator/faults/fault-list.ts";
import { faultOf } from "./faults.ts";

const request = {
  service: "ssm",
  operation: "StartSession",
  callerArn: "arn:aws:iam::000000000000:user/alice",
  family: "json",
} as const;

function failure(
  fault: object,
  of: Parameters<typeof failRequest>[0] = request,
): ServiceException | undefined {
  const faults = new FaultList();
  faults.add(faultOf(fault));
  try {
    failRequest(of, faults);
    return undefined;
  } catch (error) {
    if (error instanceof ServiceException) return error;
    throw error;
  }
}

it.each([
  ["throttling", "json", "ThrottlingException", "Rate exceeded", 400],
  ["throttling", "query", "Throttling", "Rate exceeded", 400],
  ["throttling", "ec2", "RequestLimitExceeded", "Request limit exceeded.", 503],
  ["server_error", "json", "InternalServerError", "An internal error occurred.", 500],
  ["server_error", "query", "InternalFailure", "An internal error occurred.", 500],
  ["server_error", "ec2", "InternalError", "An internal error has occurred", 500],
] as const)("%s of a %s service is %s", (type, family, code, message, status) => {
  expect(failure({ type }, { ...request, family })).toMatchObject({ code, message, status });
});

it("api_error is whatever it is told to be", () => {
  const attributes = { code: "TargetNotConnected", message: "i-1 is not connected." };
  expect(failure({ type: "api_error", attributes })).toMatchObject(attributes);
});

it("spares other operations and callers", () => {
  expect(failure({ type: "throttling", on: { operation: "ssm.SendCommand" } })).toBeUndefined();
  expect(failure({ type: "throttling", on: { owner: "bob" } })).toBeUndefined();
  expect(failure({ type: "throttling", on: { owner: "alice", operation: "StartSession" } })).toBeDefined();
});
