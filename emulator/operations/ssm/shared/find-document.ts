import { builtInDocuments } from "../../../documents/built-in-documents.ts";
import { documentNameOf } from "../../../documents/document-name.ts";
import { runShellScriptDocument } from "../../../documents/run-shell-script.ts";
import type { OperationContext } from "../../operation.ts";
import type { DocumentRecord, DocumentVersionRecord } from "../../ports/document-record.ts";
import { documentErrors } from "./document-errors.ts";

/** A document that the caller can read, its own or one of AWS's. */
export interface OwnedDocument {
  /** The account's id, or `Amazon`. */
  readonly owner: string;
  readonly record: DocumentRecord;
}

export interface VersionRequest {
  readonly DocumentVersion?: string;
  readonly VersionName?: string;
}

type Account = Pick<OperationContext, "accountId" | "state">;

/** Session Manager's public start. @unverified The dates of AWS's own documents; DescribeDocument would settle them. */
const builtInCreatedAt = Date.UTC(2018, 8, 11);

const builtIns: readonly OwnedDocument[] = [
  ...builtInDocuments.map((document) => ownedByAmazon(document, "Session")),
  ownedByAmazon(runShellScriptDocument, "Command"),
];

function ownedByAmazon(
  { name, content }: { readonly name: string; readonly content: object },
  documentType: string,
): OwnedDocument {
  const version = {
    version: "1",
    versionName: undefined,
    createdAt: builtInCreatedAt,
    format: "JSON",
    content: JSON.stringify(content, null, 2),
  } as const;
  const record = {
    name,
    documentType,
    targetType: undefined,
    displayName: undefined,
    tags: [],
    createdAt: builtInCreatedAt,
    defaultVersion: "1",
    versions: [version],
  };
  return { owner: "Amazon", record };
}

/** The account's documents and AWS's, by name. */
export function listReadableDocuments({ accountId, state }: Account): readonly OwnedDocument[] {
  const own = [...state.documents.values()].map((record) => ({ owner: accountId, record }));
  return [...builtIns, ...own].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
}

/**
 * Finds a document to read, by name or ARN.
 * @throws ServiceException InvalidDocument
 */
export function findReadableDocument(nameOrArn: string, account: Account): OwnedDocument {
  const document = lookUpReadableDocument(nameOrArn, account);
  if (document === undefined) throw documentErrors.missing(nameOrArn);
  return document;
}

/** The document of that name or ARN; undefined when there is none to read. */
export function lookUpReadableDocument(
  nameOrArn: string,
  { accountId, state }: Account,
): OwnedDocument | undefined {
  const name = documentNameOf(nameOrArn, accountId);
  const builtIn = builtIns.find(({ record }) => record.name === name);
  const own = name === undefined ? undefined : state.documents.get(name);
  return builtIn ?? (own && { owner: accountId, record: own });
}

/**
 * Finds a document to change, by name or ARN; AWS's own are nobody's to change.
 * @throws ServiceException InvalidDocument
 * @unverified What AWS answers to a change of its own documents; one such UpdateDocument would settle it.
 */
export function findOwnDocument(nameOrArn: string, { accountId, state }: Account): DocumentRecord {
  const name = documentNameOf(nameOrArn, accountId);
  const own = name === undefined ? undefined : state.documents.get(name);
  if (own === undefined) throw documentErrors.missing(nameOrArn);
  return own;
}

/**
 * Finds the version asked for by number, word or name; the default one without any of them.
 * @throws ServiceException InvalidDocumentVersion
 */
export function findVersion(record: DocumentRecord, request: VersionRequest): DocumentVersionRecord {
  const byDefault = request.VersionName === undefined ? "$DEFAULT" : undefined;
  const wanted = request.DocumentVersion ?? byDefault;
  const number =
    wanted === "$DEFAULT"
      ? record.defaultVersion
      : wanted === "$LATEST"
        ? latestVersion(record).version
        : wanted;
  const found = record.versions.find(
    ({ version, versionName }) =>
      (number === undefined || version === number) &&
      (request.VersionName === undefined || versionName === request.VersionName),
  );
  if (found === undefined) throw documentErrors.noSuchVersion();
  return found;
}

/** The newest version that is left. */
export function latestVersion({ versions }: DocumentRecord): DocumentVersionRecord {
  const latest = versions.at(-1);
  if (latest === undefined) throw new RangeError("a document has at least one version, got none");
  return latest;
}
