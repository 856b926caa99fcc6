import { describe, expect, it } from "vitest";
import { terminateSession } from "../../../emulator/operations/ssm/terminate-session.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { refusal } from "../../helpers/refusal.ts";
import { sessionRecord } from "../../http/admin-options.ts";

function bench(repeatedTerminate: "succeeds" | "fails" = "succeeds") {
  const terminated: string[] = [];
  const base = operationContext();
  const context = operationContext({
    settings: { ...base.settings, repeatedTerminate },
    sessions: { ...base.sessions, terminate: (sessionId) => void terminated.push(sessionId) },
  });
  const put = (endedAt?: number) => context.state.sessions.put("alice-01", sessionRecord({ endedAt }));
  return { put, terminated, terminate: () => terminateSession.handle({ SessionId: "alice-01" }, context) };
}

describe("TerminateSession", () => {
  it.each(["succeeds", "fails"] as const)("ends a live session (repeated: %s)", (setting) => {
    const { put, terminate, terminated } = bench(setting);
    put();
    expect(terminate()).toEqual({ SessionId: "alice-01" });
    expect(terminated).toEqual(["alice-01"]);
  });

  it("succeeds for one that has ended, as it did for years", () => {
    const { put, terminate } = bench();
    put(2_000);
    expect(terminate()).toEqual({ SessionId: "alice-01" });
  });

  it("refuses one that has ended, as since 2026, when set to", () => {
    const { put, terminate, terminated } = bench("fails");
    put(2_000);
    expect(refusal(terminate)).toEqual({
      code: "ValidationException",
      message: "Session is not in a valid state",
    });
    expect(terminated).toEqual([]);
  });

  it.each(["succeeds", "fails"] as const)("succeeds for one that never was (repeated: %s)", (setting) => {
    expect(bench(setting).terminate()).toEqual({ SessionId: "alice-01" });
  });
});
