import { documentNameOf } from "../../../documents/document-name.ts";
import { documentTexts } from "../../../documents/refusal.ts";
import { runShellScriptDocument } from "../../../documents/run-shell-script.ts";
import { ServiceException } from "../../../errors.ts";
import type { OperationContext } from "../../operation.ts";
import type { ShellScript } from "../../ports/command-control.ts";
import { documentErrors } from "./document-errors.ts";
import { lookUpReadableDocument } from "./find-document.ts";

/** The one document that Run Command has here. */
export const runShellScriptName = runShellScriptDocument.name;

/** AWS's documents, by the beginnings of their names. */
const awsOwnedName = /^(AWS|Amazon)/;

const versions: ReadonlySet<string> = new Set(["", "$DEFAULT", "$LATEST", "1"]);

/** What AWS-RunShellScript allows as `executionTimeout`: 1 to 172 800 seconds. */
const timeoutPattern = /^(?:[1-9][0-9]{0,4}|1[0-6][0-9]{4}|17[0-1][0-9]{3}|172[0-7][0-9]{2}|172800)$/;
const defaultTimeoutSeconds = 3600;
/** What is below the agent takes for its default. @see amazon-ssm-agent agent/plugins/pluginutil/pluginutil.go */
const minTimeoutSeconds = 5;
const maxDirectoryCharacters = 4096;
/** @unverified How AWS counts: here it is the script alone. */
const maxScriptBytes = 64 * 1024;

/**
 * Refuses every document but AWS-RunShellScript.
 * @throws ServiceException InvalidDocument, InvalidDocumentVersion
 * @unverified The texts for documents of other types and versions; one SendCommand of each would settle them.
 */
export function checkCommandDocument(
  input: { readonly DocumentName: string; readonly DocumentVersion?: string },
  context: OperationContext,
): void {
  const { DocumentName: wanted, DocumentVersion: version = "" } = input;
  const name = documentNameOf(wanted, context.accountId);
  if (name !== runShellScriptName) throw new ServiceException("InvalidDocument", refusalOf(wanted, context));
  if (!versions.has(version)) {
    const text = `Document version ${version} does not exist for document ${name}.`;
    throw new ServiceException("InvalidDocumentVersion", text);
  }
}

function refusalOf(wanted: string, context: OperationContext): string {
  const name = documentNameOf(wanted, context.accountId) ?? "";
  const known = lookUpReadableDocument(wanted, context);
  if (known !== undefined) {
    const { documentType } = known.record;
    return `Document type: '${documentType}' is not supported. Run Command of ssm-emulator has ${runShellScriptName} only.`;
  }
  return awsOwnedName.test(name)
    ? `${name} is not emulated: Run Command of ssm-emulator has ${runShellScriptName} only.`
    : documentTexts.missing(wanted);
}

/**
 * Reads the parameters of AWS-RunShellScript.
 * @throws ServiceException InvalidParameters, MaxDocumentSizeExceeded
 * @see SSM API reference, SendCommand, "InvalidParameters"
 * @unverified The texts; a recorded refusal of each would settle them.
 */
export function readShellScript(parameters: Readonly<Record<string, readonly string[]>>): ShellScript {
  const { commands = [], workingDirectory = [""], executionTimeout = [], ...others } = parameters;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw invalid(`The document ${runShellScriptName} has no parameters named ${unknown.join(", ")}.`);
  }
  if (commands.length === 0) throw invalid("The parameter commands is required.");
  const text = commands.map((line) => `${line}\n`).join("");
  if (Buffer.byteLength(text) > maxScriptBytes) throw documentErrors.tooLarge();
  if (/\{\{\s*ssm:/.test(text)) {
    throw invalid("Parameter Store is not emulated: {{ssm:…}} cannot be resolved.");
  }
  const directory = only("workingDirectory", workingDirectory);
  if (directory.length > maxDirectoryCharacters) {
    throw invalid(`The parameter workingDirectory has more than ${maxDirectoryCharacters} characters.`);
  }
  return {
    text,
    workingDirectory: directory,
    executionTimeoutMs: readTimeoutSeconds(executionTimeout) * 1000,
  };
}

function readTimeoutSeconds(values: readonly string[]): number {
  const value = values.length === 0 ? String(defaultTimeoutSeconds) : only("executionTimeout", values);
  if (!timeoutPattern.test(value)) {
    throw invalid(`The parameter executionTimeout is to be 1 to 172800 seconds, not ${value}.`);
  }
  const seconds = Number(value);
  return seconds < minTimeoutSeconds ? defaultTimeoutSeconds : seconds;
}

function only(name: string, values: readonly string[]): string {
  const [value, ...more] = values;
  if (value === undefined || more.length > 0) throw invalid(`The parameter ${name} takes one value.`);
  return value;
}

function invalid(message: string): ServiceException {
  return new ServiceException("InvalidParameters", message);
}
