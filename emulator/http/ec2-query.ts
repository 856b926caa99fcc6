import type { ServiceException } from "../errors.ts";
import type { Operation } from "../operations/operation.ts";
import type { Answer } from "./answer.ts";
import { decodeForm } from "./query-form.ts";
import { escapeXml, writeXml, xmlContent, xmlContentType } from "./xml.ts";

/** The API version in ec2's requests. */
export const ec2Version = "2016-11-15";

/** Reads the input of an ec2 operation, whose schema has the wire's names: `InstanceId`, `Filter`. @throws ServiceException */
export function decodeEc2Input(form: URLSearchParams, operation: Pick<Operation, "input">): unknown {
  return decodeForm(form, operation.input, "flattened");
}

/** Writes an operation's output, which has ec2's own names: `reservationSet`. @see aws-api reference, section 1.4 */
export function encodeEc2Output(
  { name }: Pick<Operation, "name">,
  output: object,
  requestId: string,
): Answer {
  const members = xmlContent(output, "item");
  const body = writeXml(`${name}Response`, {
    "@xmlns": `http://ec2.amazonaws.com/doc/${ec2Version}/`,
    requestId,
    ...(typeof members === "object" ? members : {}),
  });
  return { status: 200, contentType: xmlContentType, body };
}

/** Writes an error. @see aws-api reference, section 1.4 */
export function encodeEc2Error({ code, message, status }: ServiceException, requestId: string): Answer {
  const body = writeXml("Response", {
    Errors: { Error: { Code: code, Message: escapeXml(message) } },
    RequestID: requestId,
  });
  return { status, contentType: xmlContentType, body };
}
