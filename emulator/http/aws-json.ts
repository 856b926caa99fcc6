import { ServiceException } from "../errors.ts";
import type { Operation } from "../operations/operation.ts";
import type { Answer } from "./answer.ts";

const contentType = "application/x-amz-json-1.1";

/**
 * Reads the body of a JSON 1.1 request.
 * @throws ServiceException `SerializationException`
 * @unverified The text; an answer recorded from ssm to a broken body would settle it.
 */
export function decodeJsonBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ServiceException("SerializationException", "The request body is not well-formed JSON");
  }
}

/** Writes an operation's output; logs and kms say nothing at all where there is nothing to say. */
export function encodeJsonOutput(operation: Pick<Operation, "service">, output: object): Answer {
  const isSilent = operation.service !== "ssm" && Object.keys(output).length === 0;
  return { status: 200, contentType, body: isSilent ? "" : JSON.stringify(output) };
}

/** ssm's exceptions whose model spells `message` in lower case, unlike all its others. */
const lowerCaseMessageCodes: ReadonlySet<string> = new Set([
  "InvalidInstanceInformationFilterValue",
  "ParameterNotFound",
]);

/**
 * Writes an error. Every client error is a 400, save for a body that was too large to read.
 * @see aws-api reference, sections 1.1 and 1.2
 */
export function encodeJsonError(
  service: string | undefined,
  { code, message, status }: ServiceException,
): Answer {
  const member = service === "ssm" && !lowerCaseMessageCodes.has(code) ? "Message" : "message";
  const isOurFault = status >= 500;
  return {
    status: isOurFault ? status : code === tooLargeCode ? 413 : 400,
    contentType,
    body: JSON.stringify({ __type: code, ...(message === "" ? {} : { [member]: message }) }),
  };
}

/** The code for a body over the limit, in the JSON services. */
export const tooLargeCode = "RequestEntityTooLargeException";
