import { Type } from "typebox";
import { operation } from "../operation.ts";
import { DocumentNameOrArn } from "./shared/document-schemas.ts";
import { findReadableDocument } from "./shared/find-document.ts";
import { ssmPage } from "./shared/ssm-page.ts";

const defaultPageSize = 50;

/**
 * The versions of a document, newest first.
 * @see API_ListDocumentVersions; aws-api reference, section 2.3
 * @unverified The order; one answer about a document with two versions would settle it.
 */
export const listDocumentVersions = operation({
  service: "ssm",
  name: "ListDocumentVersions",
  input: Type.Object({
    Name: DocumentNameOrArn,
    MaxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
    NextToken: Type.Optional(Type.String()),
  }),
  handle(input, context) {
    const { record } = findReadableDocument(input.Name, context);
    const { page, rest } = ssmPage(record.versions.toReversed(), {
      input,
      defaultSize: defaultPageSize,
      scope: ["ListDocumentVersions", record.name],
    });
    return {
      DocumentVersions: page.map(({ version, versionName, createdAt, format }) => ({
        Name: record.name,
        ...(record.displayName !== undefined && { DisplayName: record.displayName }),
        DocumentVersion: version,
        ...(versionName !== undefined && { VersionName: versionName }),
        CreatedDate: createdAt / 1000,
        IsDefaultVersion: version === record.defaultVersion,
        DocumentFormat: format,
        Status: "Active",
      })),
      ...rest,
    };
  },
});
