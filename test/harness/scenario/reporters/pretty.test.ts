import { describe, expect, it } from "vitest";
import { prettyReporter } from "../../../../harness/scenario/reporters/pretty.ts";
import { report } from "../fixtures.ts";

describe("the pretty reporter", () => {
  it("writes plain lines where there is no terminal, and all about what failed", () => {
    expect(report(prettyReporter)).toBe(`✗ Tags & <users> #1 (1.23 s)

    scenarios/tags.yaml:9  run whoami, output: ops
    The output of \`whoami\` is not as expected.
      - expected  "ops"
      + actual    ssm-user\\u001b[0m
      + second line
    Session: bob-1, running
    Decision:
      service: Run As is off
      → runs as ssm-user
    Screen:
      sh-5.2$ whoami
      ssm-user
    Rerun: npx ssm-emulator scenario run scenarios/tags.yaml

✓ All is well (0.02 s)

1 passed, 1 failed (1.30 s)
`);
  });

  it("shows the step that runs on a terminal, in one line that is taken back", () => {
    const written = report(prettyReporter, { isLive: true, columns: 20 });
    expect(written).toContain("\r\u001b[K… All is well: adva\r\u001b[K✓ All is well");
  });

  it("colours only when it may", () => {
    expect(report(prettyReporter, { isLive: true })).not.toContain("\u001b[3");
    expect(report(prettyReporter, { hasColour: true })).toContain("\u001b[32m✓\u001b[39m");
  });

  it("tells what could not be cleaned up", () => {
    expect(report(prettyReporter, {}, { leftBehind: ["node web-1"] })).toMatch(
      /Could not be cleaned up: node web-1\n$/,
    );
  });
});
