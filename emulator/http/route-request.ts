import { ServiceException } from "../errors.ts";
import type { Operation } from "../operations/operation.ts";
import { queryVersions } from "./aws-query.ts";
import { ec2Version } from "./ec2-query.ts";
import type { ErrorReader } from "./encode-error.ts";
import type { Operations } from "./load-operations.ts";
import { headerValue, type SignedRequest, splitUrl } from "./signed-request.ts";

export type Route =
  | {
      readonly type: "operation";
      readonly family: "json" | "query" | "ec2";
      readonly operation: Operation;
      /** Parameters of the query string and of a form body; empty for the JSON services. */
      readonly form: URLSearchParams;
    }
  | { readonly type: "refused"; readonly reader: ErrorReader; readonly exception: ServiceException }
  /** Nothing says which service is meant. @see aws-api reference, section 1.2, "Unknown operation" */
  | { readonly type: "unroutable" };

/** Services by the prefix of `X-Amz-Target`. */
const targetServices: Readonly<Record<string, string>> = {
  AmazonSSM: "ssm",
  AWSEC2InstanceConnectService: "ec2-instance-connect",
  Logs_20140328: "logs",
  TrentService: "kms",
};

const jsonContentTypes: ReadonlySet<string> = new Set([
  "application/x-amz-json-1.1",
  "application/x-amz-json-1.0",
  "application/json",
]);

const formContentType = "application/x-www-form-urlencoded";

/**
 * Finds the operation a request asks for: by target, by credential scope, by `Action` and `Version`; the rest is for s3.
 * @see aws-api reference, section 1.5
 */
export function routeRequest(request: SignedRequest, operations: Operations): Route {
  const target = headerValue(request.headers, "x-amz-target");
  if (target !== undefined) return routeTarget(target, request, operations);
  const { path, query } = splitUrl(request.url);
  const form = readForm(query, request);
  const service = scopeService(request, form) ?? versionService(form);
  if (service !== undefined) return routeService(service, form, request, operations);
  if (path !== "/" || (form.has("AWSAccessKeyId") && form.has("Signature"))) return notEmulated("s3", "s3");
  if (form.has("Action")) return unknownAction(form, { family: "query", service: undefined });
  if (contentType(request) === formContentType) return missingAction({ family: "query", service: undefined });
  return { type: "unroutable" };
}

function routeTarget(target: string, request: SignedRequest, operations: Operations): Route {
  if (request.method !== "POST" || !jsonContentTypes.has(contentType(request))) return { type: "unroutable" };
  const [prefix = "", name = ""] = target.split(".", 2);
  const service = Object.hasOwn(targetServices, prefix) ? targetServices[prefix] : undefined;
  if (service !== undefined && !isJsonService(service)) return notEmulated(service, "json");
  const operation = operations.get(`${service}.${name}`);
  if (operation !== undefined)
    return { type: "operation", family: "json", operation, form: new URLSearchParams() };
  return refuse(
    { family: "json", service },
    "UnknownOperationException",
    `${target} is not emulated by ssm-emulator.`,
  );
}

function isJsonService(service: string): boolean {
  return service === "ssm" || service === "logs" || service === "kms";
}

function routeService(
  service: string,
  form: URLSearchParams,
  request: SignedRequest,
  operations: Operations,
): Route {
  switch (service) {
    case "ssm":
    case "logs":
    case "kms":
      return refuse({ family: "json", service }, "UnknownOperationException", "");
    case "iam":
    case "sts":
    case "ec2":
      return routeAction({ family: service === "ec2" ? "ec2" : "query", service }, form, operations);
    case "s3":
      return notEmulated(service, "s3");
    default:
      return notEmulated(service, contentType(request) === formContentType ? "query" : "json");
  }
}

function routeAction(
  reader: { readonly family: "query" | "ec2"; readonly service: "iam" | "sts" | "ec2" },
  form: URLSearchParams,
  operations: Operations,
): Route {
  const action = form.get("Action");
  if (action === null) return missingAction(reader);
  const operation = operations.get(`${reader.service}.${action}`);
  if (operation === undefined || !isKnownVersion(reader.service, form)) return unknownAction(form, reader);
  return { type: "operation", family: reader.family, operation, form };
}

/** ec2 takes each of its many older versions. */
function isKnownVersion(service: "iam" | "sts" | "ec2", form: URLSearchParams): boolean {
  const version = form.get("Version");
  return version === null || service === "ec2" || version === queryVersions[service];
}

/** Everything a Query request says; the query string goes first. */
function readForm(query: string, request: SignedRequest): URLSearchParams {
  const form = new URLSearchParams(query);
  if (contentType(request) !== formContentType) return form;
  for (const [name, value] of new URLSearchParams(Buffer.from(request.body).toString()))
    form.append(name, value);
  return form;
}

function contentType(request: SignedRequest): string {
  const header = headerValue(request.headers, "content-type") ?? "";
  return header.replace(/;.*$/s, "").trim().toLowerCase();
}

/** The service name in `AK/date/region/<service>/aws4_request`. */
function scopeService(request: SignedRequest, form: URLSearchParams): string | undefined {
  const authorization = headerValue(request.headers, "authorization") ?? "";
  const credential = /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? form.get("X-Amz-Credential");
  return credential?.split("/")[3] || undefined;
}

function versionService(form: URLSearchParams): string | undefined {
  if (!form.has("Action")) return undefined;
  switch (form.get("Version")) {
    case queryVersions.iam:
      return "iam";
    case queryVersions.sts:
      return "sts";
    case ec2Version:
      return "ec2";
    default:
      return undefined;
  }
}

function unknownAction(form: URLSearchParams, reader: ErrorReader): Route {
  const action = form.get("Action");
  const text =
    reader.family === "ec2"
      ? `The action ${action} is not valid for this web service.`
      : `Could not find operation ${action} for version ${form.get("Version") ?? "NO_VERSION_SPECIFIED"}`;
  return refuse(reader, "InvalidAction", text);
}

/** @unverified The text; an answer recorded from sts to a form without `Action` would settle it. */
function missingAction(reader: ErrorReader): Route {
  return refuse(reader, "MissingAction", "The request must contain the parameter Action.");
}

const notEmulatedCodes = {
  json: "UnknownOperationException",
  query: "InvalidAction",
  s3: "NotImplemented",
} as const;

function notEmulated(service: string, family: keyof typeof notEmulatedCodes): Route {
  const text = `The service ${service} is not emulated by ssm-emulator.`;
  return refuse({ family, service }, notEmulatedCodes[family], text);
}

function refuse(reader: ErrorReader, code: string, text: string): Route {
  return { type: "refused", reader, exception: new ServiceException(code, text) };
}
