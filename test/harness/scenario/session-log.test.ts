import { describe, expect, it } from "vitest";
import { firstMissing } from "../../../harness/scenario/session-log.ts";

const log = "sh-5.2$ whoami\nops\nsh-5.2$ exit\nexit";

describe("texts of a log", () => {
  it.each([
    [["whoami", "ops", "exit"], undefined],
    [["exit", "exit"], undefined],
    [["/^ops$/", "/^exit$/"], undefined],
    [["sh-5.2$ whoami", "sh-5.2$ exit"], undefined],
    [["ops", "whoami"], "whoami"],
    [["exit", "exit", "exit"], "exit"],
    [["/^op$/"], "/^op$/"],
  ])("%j follow each other: %j does not", (texts, missing) => {
    expect(firstMissing(log, texts)).toBe(missing);
  });
});
