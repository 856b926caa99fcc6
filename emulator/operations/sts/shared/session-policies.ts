import { stsExceptions } from "./exceptions.ts";

/** Plain-text quota that 100 % stands for, in characters. @see API_AssumeRole, "Policy" */
const packedQuota = 2048;

export interface PackedParts {
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/**
 * Session policies are taken but have no effect, as policies other than trust policies are not evaluated.
 * @throws ServiceException MalformedPolicyDocument for a policy that is no JSON object
 */
export function checkSessionPolicy(policy: string | undefined): void {
  if (policy !== undefined && !isJsonObject(policy)) throw stsExceptions.policyIsNoJson();
}

/**
 * `PackedPolicySize` in percent, undefined where AWS leaves it out: without policies and tags.
 * @unverified AWS packs before it counts, in a format that is not public; we count characters and never refuse.
 * @see aws-api reference, section 2.7, "AssumeRole"
 */
export function packedPolicySize({ Policy, PolicyArns = [], Tags = [] }: PackedParts): number | undefined {
  if (Policy === undefined && PolicyArns.length === 0 && Tags.length === 0) return undefined;
  const texts = [
    Policy,
    ...PolicyArns.map(({ arn }) => arn),
    ...Tags.flatMap(({ Key, Value }) => [Key, Value]),
  ];
  const characters = texts.join("").length;
  return Math.min(100, Math.ceil((characters * 100) / packedQuota));
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
