import { Type } from "typebox";
import { operation } from "../operation.ts";
import { describeDocumentVersion } from "./shared/describe-document-version.ts";
import { DocumentNameOrArn, DocumentVersion, VersionName } from "./shared/document-schemas.ts";
import { findReadableDocument, findVersion } from "./shared/find-document.ts";

/**
 * Everything about one version of a document but its content.
 * @see API_DescribeDocument; aws-api reference, section 2.3
 */
export const describeDocument = operation({
  service: "ssm",
  name: "DescribeDocument",
  input: Type.Object({
    Name: DocumentNameOrArn,
    DocumentVersion: Type.Optional(DocumentVersion),
    VersionName: Type.Optional(VersionName),
  }),
  handle(input, context) {
    const document = findReadableDocument(input.Name, context);
    return { Document: describeDocumentVersion(document, findVersion(document.record, input), "Active") };
  },
});
