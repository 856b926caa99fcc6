import { type TSchema, Type } from "typebox";
import type { ServiceName } from "../operations/operation.ts";

/** A constraint of the API model on one member. */
export interface MemberRule {
  /** As AWS words it. @see aws-api reference, section 1.2, "Constraint sentence endings" */
  readonly sentence: string;
  readonly holds: (value: unknown) => boolean;
}

/** Patterns are not run on text longer than this unless the schema allows more, so that none can stall us. */
const maxPatternTextLength = 4096;

/** Writes a schema's limits as rules, in the order in which AWS reports them. */
export function memberRules(schema: TSchema, service: ServiceName): readonly MemberRule[] {
  const limits: Limits = schema;
  const values = enumValues(schema);
  const rules: (MemberRule | undefined)[] = [
    sizeRule(limits.maxLength ?? limits.maxItems ?? limits.maxProperties, "length less", (a, b) => a <= b),
    sizeRule(limits.minLength ?? limits.minItems ?? limits.minProperties, "length greater", (a, b) => a >= b),
    sizeRule(limits.maximum, "value less", (a, b) => a <= b),
    sizeRule(limits.minimum, "value greater", (a, b) => a >= b),
    limits.pattern === undefined ? undefined : patternRule(limits.pattern, service, limits.maxLength),
    values === undefined
      ? undefined
      : {
          sentence: `Member must satisfy enum value set: [${values.join(", ")}]`,
          holds: (value) => values.some((allowed) => allowed === value),
        },
  ];
  return rules.filter((rule) => rule !== undefined);
}

interface Limits {
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly pattern?: string;
}

function sizeRule(
  limit: number | undefined,
  words: string,
  compare: (size: number, limit: number) => boolean,
): MemberRule | undefined {
  if (limit === undefined) return undefined;
  return {
    sentence: `Member must have ${words} than or equal to ${limit}`,
    holds: (value) => compare(sizeOf(value), limit),
  };
}

/** Numbers are their own size. */
function sizeOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : Number(value);
}

function patternRule(pattern: string, service: ServiceName, maxLength = 0): MemberRule {
  // The schemas of iam, sts and logs anchor every pattern, their models none.
  const modelPattern = service === "ssm" || service === "kms" ? pattern : pattern.replace(/^\^|\$$/g, "");
  return {
    sentence: `Member must satisfy regular expression pattern: ${modelPattern}`,
    holds(value) {
      const text = String(value);
      if (text.length <= Math.max(maxLength, maxPatternTextLength)) return wholePattern(pattern).test(text);
      // Too long is another rule's matter, where there is one.
      return maxLength > 0;
    },
  };
}

const patterns = new Map<string, RegExp>();

/** The models' patterns are Java's, which match the whole text whether they say so or not. */
function wholePattern(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const compiled = new RegExp(`^(?:${pattern})$`, "u");
  patterns.set(pattern, compiled);
  return compiled;
}

/** The values of a union of literals; undefined for any other schema. */
export function enumValues(schema: TSchema): readonly unknown[] | undefined {
  if (Type.IsLiteral(schema)) return [schema.const];
  if (Type.IsEnum(schema)) return schema.enum;
  if (!Type.IsUnion(schema)) return undefined;
  const values = schema.anyOf.map((option) => (Type.IsLiteral(option) ? option.const : undefined));
  return values.includes(undefined) ? undefined : values;
}

/** The schema of a map's values; undefined for any other schema. */
export function mapValue(schema: TSchema): TSchema | undefined {
  return Type.IsRecord(schema) ? Object.values(schema.patternProperties)[0] : undefined;
}
