/** The service's no to a document or to a use of it: an AWS error code and the text the caller sees. */
export interface Refusal {
  readonly type: "refused";
  readonly code: RefusalCode;
  readonly text: string;
}

export type RefusalCode =
  | "InvalidDocument"
  | "InvalidDocumentContent"
  | "InvalidDocumentSchemaVersion"
  | "InvalidParameters"
  | "ValidationException";

/** Puts a code and a text together as a {@link Refusal}. */
export function refuse(code: RefusalCode, text: string): Refusal {
  return { type: "refused", code, text };
}

/**
 * What the service says about documents.
 * @see aws-api reference, sections 2.1 and 2.3
 */
export const documentTexts = {
  missing: (name: string) => `Document with name ${name} does not exist.`,
  notOfTypeSession: (documentType: string) =>
    `Document type: '${documentType}' is not supported. Only type: 'Session' is supported for Session Manager.`,
  schemaVersion: (version: string) => `${version} is not a valid schema version for Session document type`,
  otherFormat: (format: string) => `Invalid document format ${format}`,
  /** @unverified The YAML form, and whether columns count from 1; a refused CreateDocument of each would settle both. */
  notWellFormed: (format: string, line: number, column: number) =>
    `${format} not well-formed. at Line: ${line}, Column: ${column}`,
} as const;
