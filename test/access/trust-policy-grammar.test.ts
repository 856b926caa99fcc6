import { describe, expect, it } from "vitest";
import { parseTrustPolicy } from "../../emulator/access/trust-policy-grammar.ts";

const allow = { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
const noCondition = { ...allow, Condition: { StringEquals: ["x"] } };

describe("parseTrustPolicy", () => {
  it.each([
    ["{", "This policy contains invalid Json"],
    ["[]", "This policy contains invalid Json"],
    [{ Version: "2011-01-01", Statement: allow }, "Policy document must be version 2012-10-17 or greater."],
    [{ Version: "2012-10-17" }, "Syntax errors in policy."],
    [{ Statement: [] }, "Syntax errors in policy."],
    [{ Statement: ["x"] }, "Syntax errors in policy."],
    [{ Statement: { ...allow, Effect: "allow" } }, "Syntax errors in policy."],
    [{ Statement: { ...allow, Action: [1] } }, "Syntax errors in policy."],
    [{ Statement: { ...allow, Principal: "me" } }, "Syntax errors in policy."],
    [{ Statement: noCondition }, "Syntax errors in policy."],
    [{ Statement: { ...allow, Resource: "*" } }, "Has prohibited field Resource"],
    [{ Statement: { ...allow, Action: undefined } }, "Policy statement must contain actions."],
    [{ Statement: { ...allow, Principal: undefined } }, "Missing required field Principal"],
    [
      {
        Statement: [
          { ...allow, Sid: "a" },
          { ...allow, Sid: "a" },
        ],
      },
      "Statement IDs (SID) in a single policy must be unique.",
    ],
  ])("finds %j malformed", (policy, message) => {
    const text = typeof policy === "string" ? policy : JSON.stringify(policy);
    expect(parseTrustPolicy(text)).toEqual({ type: "malformed", message });
  });

  it("takes single values for lists", () => {
    const Condition = { StringEquals: { "sts:ExternalId": "x" }, Bool: { k: true } };
    expect(parseTrustPolicy(JSON.stringify({ Statement: { ...allow, Condition } }))).toEqual({
      type: "policy",
      statements: [
        {
          effect: "Allow",
          principals: ["*"],
          notPrincipals: false,
          actions: ["sts:AssumeRole"],
          notActions: false,
          condition: { StringEquals: { "sts:ExternalId": ["x"] }, Bool: { k: ["true"] } },
        },
      ],
    });
  });

  it("keeps a condition that is named like a member of every object", () => {
    const text = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"__proto__":{"k":"v"}}}}`;
    const parsed = parseTrustPolicy(text);
    expect(parsed.type === "policy" && Object.keys(parsed.statements[0]?.condition ?? {})).toEqual([
      "__proto__",
    ]);
  });
});
