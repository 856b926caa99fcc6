import { describe, expect, it } from "vitest";
import type { Principal } from "../../../emulator/access/principal.ts";
import { getSessionToken } from "../../../emulator/operations/sts/get-session-token.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { rolePrincipal, userPrincipal } from "../../helpers/principals.ts";
import { refusal } from "../../helpers/refusal.ts";

const root = operationContext().principal;
const alice = userPrincipal("alice");

describe("GetSessionToken", () => {
  it.each<[string, Principal, number | undefined, number]>([
    ["a user, by default 12 hours", alice, undefined, 43_200],
    ["a user, the time asked for", alice, 129_600, 129_600],
    ["the root, at most an hour", root, 7200, 3600],
    ["the root, the time asked for", root, 900, 900],
  ])("makes credentials for %s", (_title, principal, DurationSeconds, seconds) => {
    const context = operationContext({ principal });
    const answer = getSessionToken.handle(DurationSeconds === undefined ? {} : { DurationSeconds }, context);
    const [record] = context.state.sessionCredentials.values();
    expect(record).toMatchObject({
      expiresAt: context.now + seconds * 1000,
      subject: principal.type === "user" ? { type: "user", userName: "alice" } : { type: "root" },
    });
    expect(answer).toMatchObject({
      Credentials: { AccessKeyId: record?.accessKeyId, SessionToken: record?.sessionToken },
    });
  });

  it("refuses a role session", () => {
    const context = operationContext({ principal: rolePrincipal("Ops") });
    expect(refusal(() => getSessionToken.handle({}, context))).toEqual({
      code: "AccessDenied",
      message: "Cannot call GetSessionToken with session credentials",
    });
  });
});
