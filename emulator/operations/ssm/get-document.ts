import { Type } from "typebox";
import { stringify } from "yaml";
import { parseDocumentContent } from "../../documents/parse-document-content.ts";
import { operation } from "../operation.ts";
import type { DocumentVersionRecord } from "../ports/document-record.ts";
import {
  DocumentFormat,
  DocumentNameOrArn,
  DocumentVersion,
  VersionName,
} from "./shared/document-schemas.ts";
import { findReadableDocument, findVersion } from "./shared/find-document.ts";

type Format = DocumentVersionRecord["format"];

/**
 * A document's content, as uploaded or converted between JSON and YAML.
 * @see API_GetDocument, "JSON is the default format"; aws-api reference, section 2.3
 */
export const getDocument = operation({
  service: "ssm",
  name: "GetDocument",
  input: Type.Object({
    Name: DocumentNameOrArn,
    DocumentVersion: Type.Optional(DocumentVersion),
    VersionName: Type.Optional(VersionName),
    DocumentFormat: Type.Optional(DocumentFormat),
  }),
  handle(input, context) {
    const { record } = findReadableDocument(input.Name, context);
    const version = findVersion(record, input);
    return {
      Name: record.name,
      CreatedDate: version.createdAt / 1000,
      ...(record.displayName !== undefined && { DisplayName: record.displayName }),
      ...(version.versionName !== undefined && { VersionName: version.versionName }),
      DocumentVersion: version.version,
      Status: "Active",
      ...convert(version, input.DocumentFormat ?? "JSON"),
      DocumentType: record.documentType,
      AttachmentsContent: [],
    };
  },
});

/** @unverified That plain text, and content asked for as plain text, comes back as it was uploaded. */
function convert({ format, content }: DocumentVersionRecord, wanted: Format) {
  const asUploaded = { Content: content, DocumentFormat: format };
  if (wanted === format || wanted === "TEXT" || format === "TEXT") return asUploaded;
  const parsed = parseDocumentContent(content, format);
  if (parsed.type === "refused") return asUploaded;
  const converted = wanted === "JSON" ? JSON.stringify(parsed.value, null, 2) : stringify(parsed.value);
  return { Content: converted, DocumentFormat: wanted };
}
