import { describe, expect, it } from "vitest";
import { resumeSession } from "../../../emulator/operations/ssm/resume-session.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { userPrincipal } from "../../helpers/principals.ts";
import { refusal } from "../../helpers/refusal.ts";
import { sessionRecord } from "../../http/admin-options.ts";

function resume(
  options: { readonly as?: string; readonly tokenValue?: string } = {},
  sessionId = "alice-01",
) {
  const { as = "alice", tokenValue } = options;
  const context = operationContext({
    principal: userPrincipal(as),
    sessions: {
      ...operationContext().sessions,
      resume: (id) => (tokenValue === undefined ? undefined : { tokenValue: `${tokenValue} of ${id}` }),
    },
  });
  context.state.sessions.put("alice-01", sessionRecord());
  return resumeSession.handle({ SessionId: sessionId }, context);
}

const StreamUrl = "ws://127.0.0.1:4583/v1/data-channel/alice-01?role=publish_subscribe";

describe("ResumeSession", () => {
  it("gives its starter a fresh token", () => {
    expect(resume({ tokenValue: "token" })).toEqual({
      SessionId: "alice-01",
      TokenValue: "token of alice-01",
      StreamUrl,
    });
  });

  it("gives an empty token for a session that has ended, which the plugin takes for a timeout", () => {
    expect(resume()).toEqual({ SessionId: "alice-01", TokenValue: "", StreamUrl });
  });

  it("knows no session that never was", () => {
    expect(refusal(() => resume({}, "alice-02"))).toEqual({
      code: "DoesNotExistException",
      message: "Session alice-02 does not exist",
    });
  });

  it("is for nobody else", () => {
    expect(refusal(() => resume({ as: "bob", tokenValue: "token" }))).toMatchObject({
      code: "AccessDeniedException",
      message: expect.stringContaining("arn:aws:iam::000000000000:user/bob is not authorized"),
    });
  });
});
