import { checkParameterDefinition, readParameterDefinition } from "./check-parameter-definition.ts";
import { isObject, kindOf } from "./json-value.ts";
import { documentTexts, type Refusal, refuse } from "./refusal.ts";
import { type SessionDocumentContent, sessionTypes } from "./session-document.ts";

export type CheckedSessionDocument =
  | { readonly type: "accepted"; readonly content: SessionDocumentContent }
  | Refusal;

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => (typeof value === "string" ? undefined : `a string, got ${kindOf(value)}`);

/** Text passes, placeholder or not: documents with `"runAsEnabled": ""` were stored, and hung on the node. */
const flag: Check = (value) =>
  typeof value === "boolean" || typeof value === "string" ? undefined : `true or false, got ${kindOf(value)}`;

/** The console writes `""` for no limit. */
const minutes =
  (max: number): Check =>
  (value) => {
    const wrong = text(value);
    if (wrong !== undefined || value === "" || /^\{\{.*\}\}$/.test(String(value))) return wrong;
    const isInRange = /^[1-9]\d{0,3}$/.test(String(value)) && Number(value) <= max;
    return isInRange ? undefined : `minutes between "1" and "${max}", got ${JSON.stringify(value)}`;
  };

const shellProfile: Check = (value) => {
  if (!isObject(value)) return `an object, got ${kindOf(value)}`;
  const isKnown = (name: string) => name === "linux" || name === "windows";
  return Object.entries(value).every(([name, profile]) => isKnown(name) && typeof profile === "string")
    ? undefined
    : "texts for linux and windows and nothing else";
};

const inputChecks: Readonly<Record<string, Check>> = {
  s3BucketName: text,
  s3KeyPrefix: text,
  s3EncryptionEnabled: flag,
  cloudWatchLogGroupName: text,
  cloudWatchEncryptionEnabled: flag,
  cloudWatchStreamingEnabled: flag,
  kmsKeyId: text,
  runAsEnabled: flag,
  runAsDefaultUser: text,
  idleSessionTimeout: minutes(60),
  maxSessionDuration: minutes(1440),
  shellProfile,
};

const topLevelMembers = ["schemaVersion", "description", "sessionType", "inputs", "parameters", "properties"];

/**
 * What the service checks when a session document is created or changed.
 * @see AWS Systems Manager user guide, "Session document schema"; aws-api reference, section 2.3
 * @unverified The texts of InvalidDocumentContent, and whether AWS is as strict about types and unknown members;
 * refused CreateDocument calls would settle both.
 */
export function checkSessionDocument(value: unknown): CheckedSessionDocument {
  if (!isObject(value)) return invalid(`Session document: expected an object, got ${kindOf(value)}.`);
  const { schemaVersion, description, sessionType, inputs, parameters, properties } = value;
  if (typeof schemaVersion !== "string") return invalid(expected("schemaVersion", text(schemaVersion)));
  if (schemaVersion !== "1.0") {
    return refuse("InvalidDocumentSchemaVersion", documentTexts.schemaVersion(schemaVersion));
  }
  const knownType = sessionTypes.find((type) => type === sessionType);
  if (knownType === undefined) {
    return invalid(
      expected(
        "sessionType",
        `one of ${sessionTypes.join(", ")}, got ${JSON.stringify(sessionType) ?? "nothing"}`,
      ),
    );
  }
  const problem = checkTopLevel(value) ?? checkInputs(inputs, knownType) ?? checkParameters(parameters);
  if (problem !== undefined) return invalid(problem);
  return {
    type: "accepted",
    content: {
      schemaVersion,
      description: typeof description === "string" ? description : undefined,
      sessionType: knownType,
      inputs: isObject(inputs) ? inputs : {},
      parameters: Object.fromEntries(
        Object.entries(parameters ?? {}).map(([name, definition]) => [
          name,
          readParameterDefinition(definition),
        ]),
      ),
      properties: isObject(properties) ? properties : {},
    },
  };
}

function checkTopLevel(value: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = Object.keys(value).find((name) => !topLevelMembers.includes(name));
  if (unknown !== undefined) return `${unknown} is not a member of a session document.`;
  const wrong = value.description === undefined ? undefined : text(value.description);
  if (wrong !== undefined) return expected("description", wrong);
  const { properties } = value;
  if (properties === undefined || isObject(properties)) return undefined;
  return expected("properties", `an object, got ${kindOf(properties)}`);
}

function checkInputs(inputs: unknown, sessionType: string): string | undefined {
  if (inputs === undefined && sessionType !== "Standard_Stream") return undefined;
  if (!isObject(inputs)) return expected("inputs", `an object, got ${kindOf(inputs)}`);
  for (const [name, value] of Object.entries(inputs)) {
    const check = Object.hasOwn(inputChecks, name) ? inputChecks[name] : undefined;
    if (check === undefined) return `inputs.${name} is not an input of a session document.`;
    const wrong = check(value);
    if (wrong !== undefined) return expected(`inputs.${name}`, wrong);
  }
  return undefined;
}

function checkParameters(parameters: unknown): string | undefined {
  if (parameters === undefined) return undefined;
  if (!isObject(parameters)) return expected("parameters", `an object, got ${kindOf(parameters)}`);
  for (const [name, definition] of Object.entries(parameters)) {
    const problem = checkParameterDefinition(`parameters.${name}`, definition);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function expected(path: string, wrong: string | undefined): string {
  return `${path}: expected ${wrong}.`;
}

function invalid(problem: string): Refusal {
  return refuse("InvalidDocumentContent", problem);
}
