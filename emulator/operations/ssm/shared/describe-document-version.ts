import { createHash } from "node:crypto";
import { isObject } from "../../../documents/json-value.ts";
import { parseDocumentContent } from "../../../documents/parse-document-content.ts";
import type { DocumentVersionRecord } from "../../ports/document-record.ts";
import { latestVersion, type OwnedDocument } from "./find-document.ts";

/** @unverified The list for types other than Session, where AWS reads it from the document's steps. */
const platformTypes = ["Windows", "Linux", "MacOS"];
/** Where a step of this kind runs. */
const shellPlatformTypes = ["Linux", "MacOS"];

/**
 * A document as lists show it: API model DocumentIdentifier.
 * @see aws-api reference, section 2.3, "Description members"
 */
export function identifyDocument({ owner, record }: OwnedDocument, version: DocumentVersionRecord) {
  const { schemaVersion, runtimeConfig } = readContent(version);
  const isShell = isObject(runtimeConfig) && "aws:runShellScript" in runtimeConfig;
  return {
    Name: record.name,
    ...(record.displayName !== undefined && { DisplayName: record.displayName }),
    ...(version.versionName !== undefined && { VersionName: version.versionName }),
    Owner: owner,
    CreatedDate: version.createdAt / 1000,
    DocumentVersion: version.version,
    PlatformTypes: isShell ? shellPlatformTypes : platformTypes,
    DocumentType: record.documentType,
    ...(typeof schemaVersion === "string" && { SchemaVersion: schemaVersion }),
    DocumentFormat: version.format,
    ...(record.targetType !== undefined && { TargetType: record.targetType }),
    Tags: record.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}

/**
 * All there is to say about one version: API model DocumentDescription.
 * @see aws-api reference, section 2.3, "Description members"
 */
export function describeDocumentVersion(
  document: OwnedDocument,
  version: DocumentVersionRecord,
  status: "Creating" | "Updating" | "Active",
) {
  const { description, parameters } = readContent(version);
  return {
    Hash: createHash("sha256").update(version.content).digest("hex"),
    HashType: "Sha256",
    ...identifyDocument(document, version),
    Status: status,
    ...(typeof description === "string" && { Description: description }),
    Parameters: Object.entries(isObject(parameters) ? parameters : {}).map(describeParameter),
    LatestVersion: latestVersion(document.record).version,
    DefaultVersion: document.record.defaultVersion,
  };
}

function describeParameter([name, definition]: [string, unknown]) {
  const { type, description, default: byDefault } = isObject(definition) ? definition : {};
  const defaultValue = typeof byDefault === "string" ? byDefault : JSON.stringify(byDefault);
  return {
    Name: name,
    ...(typeof type === "string" && { Type: type }),
    ...(typeof description === "string" && { Description: description }),
    ...(defaultValue !== undefined && { DefaultValue: defaultValue }),
  };
}

function readContent({ content, format }: DocumentVersionRecord): Readonly<Record<string, unknown>> {
  const parsed = format === "TEXT" ? undefined : parseDocumentContent(content, format);
  return parsed?.type === "parsed" && isObject(parsed.value) ? parsed.value : {};
}
