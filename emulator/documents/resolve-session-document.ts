import { findBuiltInDocument } from "./built-in-documents.ts";
import { checkSessionDocument } from "./check-session-document.ts";
import { defaultPreferences } from "./default-preferences.ts";
import { documentNameOf, preferencesDocumentName } from "./document-name.ts";
import { parseDocumentContent } from "./parse-document-content.ts";
import { documentTexts, type Refusal, refuse } from "./refusal.ts";
import { runShellScriptDocument } from "./run-shell-script.ts";
import type { SessionDocumentContent } from "./session-document.ts";

/** The version of an account's document that sessions use. */
export interface AccountDocument {
  /** A number as text, as the API writes it. */
  readonly version: string;
  readonly documentType: string;
  readonly format: "JSON" | "YAML" | "TEXT";
  readonly content: string;
}

export interface DocumentRequest {
  /** Name or ARN; undefined asks for the account's preferences. */
  readonly name: string | undefined;
  readonly accountId: string;
  readonly accountDocument: (name: string) => AccountDocument | undefined;
  /**
   * `merge`: AWS-owned documents, which have no inputs of their own, take those of the account's preferences.
   * @unverified Sessions of AWS-StartInteractiveCommand under preferences with Run As and logs would settle it.
   */
  readonly preferencesOfBuiltIns: "merge" | "ignore";
}

export interface ResolvedSessionDocument {
  readonly type: "resolved";
  /** The bare name, also where an ARN or nothing was given. */
  readonly documentName: string;
  /** Undefined for what the account has no record of: AWS's own documents, and preferences never set. */
  readonly version: string | undefined;
  readonly content: SessionDocumentContent;
  /** Whose inputs these are; undefined: nobody's, but the defaults of an account without preferences. */
  readonly inputsOf: { readonly name: string; readonly version: string | undefined } | undefined;
}

/**
 * Finds the session document that StartSession asks for; what is not of type Session is refused.
 * @see aws-api reference, section 2.1, "InvalidDocument" and "Default document"; agent-behaviour reference, section 1.6
 */
export function resolveSessionDocument(request: DocumentRequest): ResolvedSessionDocument | Refusal {
  const { accountId, accountDocument } = request;
  if (request.name === undefined) return resolvePreferences(request);
  const documentName = documentNameOf(request.name, accountId);
  const builtIn = findBuiltInDocument(documentName ?? "");
  if (builtIn !== undefined) return resolveBuiltIn(request, builtIn.name, builtIn.content);
  if (documentName === runShellScriptDocument.name) {
    return refuse("InvalidDocument", documentTexts.notOfTypeSession("Command"));
  }
  const document = documentName === undefined ? undefined : accountDocument(documentName);
  if (documentName === undefined || document === undefined) {
    return refuse("InvalidDocument", documentTexts.missing(request.name));
  }
  return readAccountDocument(documentName, document);
}

function resolvePreferences({ accountDocument }: DocumentRequest): ResolvedSessionDocument | Refusal {
  const document = accountDocument(preferencesDocumentName);
  return document === undefined
    ? {
        type: "resolved",
        documentName: preferencesDocumentName,
        version: undefined,
        content: defaultPreferences,
        inputsOf: undefined,
      }
    : readAccountDocument(preferencesDocumentName, document);
}

function resolveBuiltIn(request: DocumentRequest, name: string, value: unknown) {
  const document = readValue({ name, version: undefined }, value);
  if (document.type === "refused" || request.preferencesOfBuiltIns === "ignore") return document;
  const preferences = resolvePreferences(request);
  if (preferences.type === "refused") return preferences;
  const { inputsOf, content } = preferences;
  return { ...document, content: { ...document.content, inputs: content.inputs }, inputsOf };
}

function readAccountDocument(name: string, document: AccountDocument): ResolvedSessionDocument | Refusal {
  if (document.documentType !== "Session") {
    return refuse("InvalidDocument", documentTexts.notOfTypeSession(document.documentType));
  }
  if (document.format === "TEXT") return refuse("ValidationException", documentTexts.otherFormat("TEXT"));
  const parsed = parseDocumentContent(document.content, document.format);
  if (parsed.type === "refused") return parsed;
  return readValue({ name, version: document.version }, parsed.value);
}

function readValue(
  of: { readonly name: string; readonly version: string | undefined },
  value: unknown,
): ResolvedSessionDocument | Refusal {
  const checked = checkSessionDocument(value);
  if (checked.type === "refused") return checked;
  const { name: documentName, version } = of;
  return { type: "resolved", documentName, version, content: checked.content, inputsOf: of };
}
