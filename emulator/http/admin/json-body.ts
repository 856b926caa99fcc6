import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FastifyError, FastifyInstance } from "fastify";
import { ManagedNodeError } from "../../errors.ts";
import { type FileProblem, showPath } from "../../yaml-file/file-problem.ts";

/** No body of the admin API is anywhere near this large. */
const maxBodyBytes = 256 * 1024;

/**
 * Routes with a schema for the body take JSON, whatever its type is said to be: `curl -d` names another. All others
 * look at no body. Nothing is converted or left out for a body to fit: what is not in the schema is a mistake.
 */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: maxBodyBytes }, (request, text, done) => {
    if (request.routeOptions.schema?.body === undefined) return done(null, undefined);
    try {
      done(null, JSON.parse(String(text)));
    } catch {
      done(Object.assign(new Error("body: expected JSON"), { statusCode: 400 }));
    }
  });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setSchemaErrorFormatter((faults, part) => {
    // Each unknown member is reported twice, once without saying more than "false".
    const telling = faults.filter(({ keyword }) => keyword !== "boolean");
    return new Error(telling.map((fault) => describe(part, fault)).join("; "));
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? (error instanceof ManagedNodeError ? 502 : 500);
    if (status >= 500) request.log.error({ err: error }, "admin API failed");
    return reply.code(status).send({ message: error.message });
  });
}

/** What is wrong with a part of a request, as mistakes in a file are told. */
export function describeProblems(part: string, problems: readonly FileProblem[]): string {
  return problems
    .map(({ path, expected, found }) => `${showPath([part, ...path])}: expected ${expected}, found ${found}`)
    .join("; ");
}

type Fault = NonNullable<FastifyError["validation"]>[number];

function describe(part: string, { instancePath, message, params }: Fault): string {
  const names = params.additionalProperties;
  const which = Array.isArray(names) ? `: ${names.join(", ")}` : "";
  return `${part}${instancePath.replaceAll("/", ".")} ${message}${which}`;
}
