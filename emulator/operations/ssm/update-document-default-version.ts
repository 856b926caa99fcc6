import { Type } from "typebox";
import { operation } from "../operation.ts";
import { NewDocumentName } from "./shared/document-schemas.ts";
import { findOwnDocument, findVersion } from "./shared/find-document.ts";

/**
 * Chooses the version that sessions and reads without a version use.
 * @see API_UpdateDocumentDefaultVersion; aws-api reference, section 2.3
 */
export const updateDocumentDefaultVersion = operation({
  service: "ssm",
  name: "UpdateDocumentDefaultVersion",
  input: Type.Object({
    Name: NewDocumentName,
    DocumentVersion: Type.String({ pattern: "^[1-9][0-9]*$" }),
  }),
  handle(input, context) {
    const document = findOwnDocument(input.Name, context);
    const { version, versionName } = findVersion(document, { DocumentVersion: input.DocumentVersion });
    context.state.documents.put(document.name, { ...document, defaultVersion: version });
    return {
      Description: {
        Name: document.name,
        DefaultVersion: version,
        ...(versionName !== undefined && { DefaultVersionName: versionName }),
      },
    };
  },
});
