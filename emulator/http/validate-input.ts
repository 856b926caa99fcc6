import { type TSchema, Type } from "typebox";
import { ServiceException } from "../errors.ts";
import type { Operation, ServiceName } from "../operations/operation.ts";
import { enumValues, mapValue, memberRules } from "./member-rules.ts";

const jsonServices: ReadonlySet<ServiceName> = new Set(["ssm", "logs", "kms"]);

/** An input of a million broken members still gets a short answer. */
const maxViolations = 10;

/**
 * Checks a decoded input against the operation's schema and returns it without nulls and unknown members, which AWS
 * ignores.
 * @throws ServiceException listing every broken constraint, or `SerializationException` for a wrong JSON type
 * @see aws-api reference, section 1.2, "Constraint failure"
 */
export function validateInput(operation: Pick<Operation, "service" | "input">, input: unknown): unknown {
  const check = new InputCheck(operation.service);
  const checked = check.member(operation.input, input, "");
  if (check.violations.length > 0) throw violationsException(operation.service, check.violations);
  return checked;
}

function violationsException(service: ServiceName, violations: readonly string[]): ServiceException {
  const count = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
  const code = jsonServices.has(service) ? "ValidationException" : "ValidationError";
  return new ServiceException(code, `${count} detected: ${violations.join("; ")}`);
}

/** One walk over an input; collects what it finds in the words of AWS. */
class InputCheck {
  readonly violations: string[] = [];
  readonly #service: ServiceName;

  constructor(service: ServiceName) {
    this.#service = service;
  }

  member(schema: TSchema, value: unknown, path: string): unknown {
    if (Type.IsObject(schema)) return this.#structure(schema.properties, value, path);
    if (Type.IsArray(schema)) return this.#list(schema, value, path);
    const valueSchema = mapValue(schema);
    if (valueSchema !== undefined) return this.#map(schema, valueSchema, value, path);
    return this.#scalar(schema, value, path);
  }

  #structure(properties: Readonly<Record<string, TSchema>>, value: unknown, path: string): object {
    const given = expectStructure(value);
    const members: [string, unknown][] = [];
    for (const [name, schema] of Object.entries(properties)) {
      const memberPath = `${path === "" ? "" : `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
      const member = Object.hasOwn(given, name) ? given[name] : undefined;
      if (member !== undefined && member !== null)
        members.push([name, this.member(schema, member, memberPath)]);
      else if (!Type.IsOptional(schema)) this.#report(memberPath, "Value null", "Member must not be null");
    }
    return Object.fromEntries(members);
  }

  #list(schema: Type.TArray, value: unknown, path: string): unknown[] {
    if (!Array.isArray(value)) throw unexpectedType(value);
    for (const { sentence, holds } of memberRules(schema, this.#service)) {
      if (!holds(value)) this.#report(path, "Value", sentence);
    }
    if (isScalar(schema.items)) return this.#scalarList(schema.items, value, path);
    return value.map((item, index) => this.#item(schema.items, item, `${path}.${index + 1}.member`));
  }

  #item(schema: TSchema, value: unknown, path: string): unknown {
    if (value !== null) return this.member(schema, value, path);
    this.#report(path, "Value null", "Member must not be null");
    return undefined;
  }

  /** For scalars the list is named, not the member, and with all the rules for its members. */
  #scalarList(schema: TSchema, values: readonly unknown[], path: string): unknown[] {
    const rules = memberRules(schema, this.#service);
    for (const value of values) expectScalar(schema, value);
    if (values.some((value) => rules.some((rule) => !rule.holds(value)))) {
      const sentences = rules.map((rule) => rule.sentence).join(", ");
      this.#report(path, `Value '[${values.join(", ")}]'`, `Member must satisfy constraint: [${sentences}]`);
    }
    return [...values];
  }

  #map(schema: TSchema, valueSchema: TSchema, value: unknown, path: string): object {
    const entries = Object.entries(expectStructure(value));
    for (const { sentence, holds } of memberRules(schema, this.#service)) {
      if (!holds(entries.map(([key]) => key))) this.#report(path, "Value", sentence);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, this.#item(valueSchema, item, `${path}.${key}.member`)]),
    );
  }

  #scalar(schema: TSchema, value: unknown, path: string): unknown {
    expectScalar(schema, value);
    for (const { sentence, holds } of memberRules(schema, this.#service)) {
      if (!holds(value)) this.#report(path, this.#quote(value, path), sentence);
    }
    return value;
  }

  /** @see aws-api reference, section 2.6, "Long or bad key": iam leaves out the value of a list's member */
  #quote(value: unknown, path: string): string {
    return this.#service === "iam" && path.includes(".member.") ? "Value" : `Value '${value}'`;
  }

  #report(path: string, value: string, sentence: string): void {
    if (this.violations.length === maxViolations) return;
    this.violations.push(`${value} at '${path}' failed to satisfy constraint: ${sentence}`);
  }
}

function isScalar(schema: TSchema): boolean {
  return !Type.IsObject(schema) && !Type.IsArray(schema) && mapValue(schema) === undefined;
}

function expectStructure(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unexpectedType(value);
  return { ...value };
}

function expectScalar(schema: TSchema, value: unknown): void {
  const wanted = scalarType(schema);
  if (wanted === undefined || wanted.accepts(value)) return;
  if (typeof value === "object" && value !== null) throw unexpectedType(value);
  throw new ServiceException(
    "SerializationException",
    `${tokenName(value)} cannot be converted to ${wanted.name}`,
  );
}

function scalarType(schema: TSchema) {
  if (Type.IsInteger(schema)) return { name: "Integer", accepts: Number.isInteger };
  if (Type.IsNumber(schema)) return { name: "Double", accepts: Number.isFinite };
  if (Type.IsBoolean(schema))
    return { name: "Boolean", accepts: (value: unknown) => typeof value === "boolean" };
  if (Type.IsString(schema) || enumValues(schema) !== undefined) {
    return { name: "String", accepts: (value: unknown) => typeof value === "string" };
  }
  return undefined;
}

function tokenName(value: unknown): string {
  if (typeof value === "string") return "STRING_VALUE";
  if (typeof value === "number") return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
  return value === null ? "NULL_VALUE" : `${String(value).toUpperCase()}_VALUE`;
}

/** @unverified Known from other JSON 1.1 services; an answer recorded from ssm would settle it. */
function unexpectedType(value: unknown): ServiceException {
  if (Array.isArray(value)) {
    return new ServiceException("SerializationException", "Start of list found where not expected");
  }
  return new ServiceException(
    "SerializationException",
    typeof value === "object" && value !== null
      ? "Start of structure or map found where not expected"
      : "Unexpected field type",
  );
}
