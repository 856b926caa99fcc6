import type { ErrorFamily, ServiceException } from "../errors.ts";
import type { Answer } from "./answer.ts";
import { encodeJsonError } from "./aws-json.ts";
import { encodeQueryError } from "./aws-query.ts";
import { encodeEc2Error } from "./ec2-query.ts";
import { escapeXml, writeXml, xmlContentType } from "./xml.ts";

/** Who is to read an error: undefined service when the request named none. */
export interface ErrorReader {
  readonly family: ErrorFamily;
  readonly service: string | undefined;
}

/** Writes an error as the service's protocol does. */
export function encodeError(
  { family, service }: ErrorReader,
  exception: ServiceException,
  requestId: string,
): Answer {
  switch (family) {
    case "json":
      return encodeJsonError(service, exception);
    case "query":
      return encodeQueryError(service, exception, requestId);
    case "ec2":
      return encodeEc2Error(exception, requestId);
    case "s3":
      return encodeS3Error(exception, requestId);
  }
}

/** @see aws-api reference, section 1.4 */
function encodeS3Error({ code, message, status }: ServiceException, requestId: string): Answer {
  const body = writeXml("Error", { Code: code, Message: escapeXml(message), RequestId: requestId });
  return { status: code === "NotImplemented" ? 501 : status, contentType: xmlContentType, body };
}
