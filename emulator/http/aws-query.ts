import type { ServiceException } from "../errors.ts";
import type { Operation } from "../operations/operation.ts";
import type { Answer } from "./answer.ts";
import { decodeForm } from "./query-form.ts";
import { escapeXml, writeXml, xmlContent, xmlContentType } from "./xml.ts";

/** The API version in the requests of each Query service. */
export const queryVersions = { iam: "2010-05-08", sts: "2011-06-15" } as const;

/** For errors that come before any service is known. */
const faultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09";

const faultCodes: ReadonlySet<string> = new Set(["InvalidAction", "MissingAction"]);

/** Reads the input of an iam or sts operation. @throws ServiceException */
export function decodeQueryInput(form: URLSearchParams, operation: Pick<Operation, "input">): unknown {
  return decodeForm(form, operation.input, "member");
}

/** Writes an operation's output; without any, the result element stays out. @see aws-api reference, section 1.3 */
export function encodeQueryOutput(
  { service, name }: Pick<Operation, "service" | "name">,
  output: object,
  requestId: string,
): Answer {
  const result = xmlContent(output, "member");
  const body = writeXml(`${name}Response`, {
    "@xmlns": namespaceOf(service),
    ...(result === "" ? {} : { [`${name}Result`]: result }),
    ResponseMetadata: { RequestId: requestId },
  });
  return { status: 200, contentType: xmlContentType, body };
}

/** Writes an error. @see aws-api reference, section 1.3 */
export function encodeQueryError(
  service: string | undefined,
  { code, message, status }: ServiceException,
  requestId: string,
): Answer {
  const body = writeXml("ErrorResponse", {
    "@xmlns": faultCodes.has(code) ? faultNamespace : namespaceOf(service),
    Error: { Type: status >= 500 ? "Receiver" : "Sender", Code: code, Message: escapeXml(message) },
    RequestId: requestId,
  });
  return { status, contentType: xmlContentType, body };
}

function namespaceOf(service: string | undefined): string {
  if (service !== "iam" && service !== "sts") return faultNamespace;
  return `https://${service}.amazonaws.com/doc/${queryVersions[service]}/`;
}
