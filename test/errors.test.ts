import { expect, it } from "vitest";
import { internalError } from "../emulator/errors.ts";

it.each([
  ["json", "InternalServerError", "An internal error occurred."],
  ["query", "InternalFailure", "An internal error occurred."],
  ["ec2", "InternalError", "An internal error has occurred"],
  ["s3", "InternalError", "We encountered an internal error. Please try again."],
] as const)("a failure of a %s service itself is %s with status 500", (family, code, message) => {
  expect(internalError(family)).toMatchObject({ code, message, status: 500 });
});
