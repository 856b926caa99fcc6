import { Type } from "typebox";
import { type OperationContext, operation } from "../operation.ts";
import type { SessionSubject } from "../ports/iam-records.ts";
import { issueCredentials } from "./shared/credentials.ts";
import { stsExceptions } from "./shared/exceptions.ts";
import { mfa } from "./shared/schemas.ts";

const defaultDurationSeconds = 43_200;
/** @see API_GetSessionToken, "DurationSeconds" */
const rootDurationSeconds = 3600;

/** Temporary credentials of the same root or user. @see API_GetSessionToken */
export const getSessionToken = operation({
  service: "sts",
  name: "GetSessionToken",
  input: Type.Object({
    DurationSeconds: Type.Optional(Type.Integer({ minimum: 900, maximum: 129_600 })),
    ...mfa,
  }),
  handle(input, context) {
    const subject = subjectOf(context);
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw stsExceptions.noMfaDevice();
    const asked = input.DurationSeconds ?? defaultDurationSeconds;
    const seconds = subject.type === "root" ? Math.min(asked, rootDurationSeconds) : asked;
    return { Credentials: issueCredentials(context, subject, seconds) };
  },
});

function subjectOf({ principal }: OperationContext): SessionSubject {
  switch (principal.type) {
    case "root":
      return { type: "root" };
    case "user":
      return { type: "user", userName: principal.userName };
    case "assumed-role":
      throw stsExceptions.sessionCallsGetSessionToken();
  }
}
