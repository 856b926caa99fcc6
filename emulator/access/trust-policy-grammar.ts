import type { Condition } from "./trust-condition.ts";

export interface TrustStatement {
  readonly effect: "Allow" | "Deny";
  /** What `Principal` or `NotPrincipal` lists under `AWS`; `*` alone stands for everyone. */
  readonly principals: readonly string[];
  /** True when `principals` are those the statement is not about. */
  readonly notPrincipals: boolean;
  readonly actions: readonly string[];
  readonly notActions: boolean;
  readonly condition: Condition;
}

export type ParsedTrustPolicy =
  | { readonly type: "policy"; readonly statements: readonly TrustStatement[] }
  /** `message` is AWS's text under the code `MalformedPolicyDocument`. */
  | { readonly type: "malformed"; readonly message: string };

type JsonObject = Readonly<Record<string, unknown>>;

const syntaxError = "Syntax errors in policy.";

/**
 * Reads a role's trust policy.
 * @see aws-api reference, section 2.6, "MalformedPolicyDocument"
 * @unverified Which text AWS picks for a missing principal or a `Resource`: CreateRole on AWS with each would settle it.
 */
export function parseTrustPolicy(text: string): ParsedTrustPolicy {
  const document = parseJson(text);
  if (!isObject(document)) return malformed("This policy contains invalid Json");
  if (!["2012-10-17", "2008-10-17", undefined].includes(document.Version as string | undefined)) {
    return malformed("Policy document must be version 2012-10-17 or greater.");
  }
  const written = listOf(document.Statement);
  if (written.length === 0 || !written.every(isObject)) return malformed(syntaxError);
  const sids = written.map((statement) => statement.Sid).filter((sid) => sid !== undefined);
  if (new Set(sids).size < sids.length) {
    return malformed("Statement IDs (SID) in a single policy must be unique.");
  }
  const statements = written.map(parseStatement);
  const message = statements.find((statement) => typeof statement === "string");
  if (message !== undefined) return malformed(message);
  return { type: "policy", statements: statements.filter((statement) => typeof statement !== "string") };
}

/** The statement, or AWS's complaint about it. */
function parseStatement(statement: JsonObject): TrustStatement | string {
  const { Effect: effect, Principal, NotPrincipal, Action, NotAction } = statement;
  if ("Resource" in statement || "NotResource" in statement) return "Has prohibited field Resource";
  if (Action === undefined && NotAction === undefined) return "Policy statement must contain actions.";
  if (Principal === undefined && NotPrincipal === undefined) return "Missing required field Principal";
  const principals = parsePrincipals(Principal ?? NotPrincipal);
  const actions = stringsOf(Action ?? NotAction);
  const condition = parseCondition(statement.Condition ?? {});
  if (principals === undefined || actions === undefined || condition === undefined) return syntaxError;
  if (effect !== "Allow" && effect !== "Deny") return syntaxError;
  return {
    effect,
    principals,
    notPrincipals: Principal === undefined,
    actions,
    notActions: Action === undefined,
    condition,
  };
}

function parsePrincipals(principal: unknown): readonly string[] | undefined {
  if (principal === "*") return ["*"];
  if (!isObject(principal)) return undefined;
  return principal.AWS === undefined ? [] : stringsOf(principal.AWS);
}

function parseCondition(condition: unknown): Condition | undefined {
  if (!isObject(condition)) return undefined;
  const operators = Object.entries(condition);
  if (!operators.every((entry): entry is [string, JsonObject] => isObject(entry[1]))) return undefined;
  return Object.fromEntries(operators.map(([operator, keys]) => [operator, parseConditionKeys(keys)]));
}

function parseConditionKeys(keys: JsonObject): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, listOf(values).map(String)]));
}

function malformed(message: string): ParsedTrustPolicy {
  return { type: "malformed", message };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function stringsOf(value: unknown): readonly string[] | undefined {
  const list = listOf(value);
  return list.every((item) => typeof item === "string") ? list : undefined;
}
