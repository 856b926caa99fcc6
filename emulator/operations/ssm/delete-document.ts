import { Type } from "typebox";
import { operation } from "../operation.ts";
import { documentErrors } from "./shared/document-errors.ts";
import { DocumentVersion, NewDocumentName, VersionName } from "./shared/document-schemas.ts";
import { findOwnDocument, findVersion } from "./shared/find-document.ts";

/**
 * Deletes one version of a document, or without one the whole document; the preferences may go too.
 * @see API_DeleteDocument; aws-api reference, sections 2.1 and 2.3
 */
export const deleteDocument = operation({
  service: "ssm",
  name: "DeleteDocument",
  input: Type.Object({
    Name: NewDocumentName,
    DocumentVersion: Type.Optional(DocumentVersion),
    VersionName: Type.Optional(VersionName),
    Force: Type.Optional(Type.Boolean()),
  }),
  handle(input, context) {
    const { documents } = context.state;
    const document = findOwnDocument(input.Name, context);
    if (input.DocumentVersion === undefined && input.VersionName === undefined) {
      documents.delete(document.name);
      return {};
    }
    const { version } = findVersion(document, input);
    if (version === document.defaultVersion) throw documentErrors.defaultVersionKept();
    const versions = document.versions.filter((kept) => kept.version !== version);
    documents.put(document.name, { ...document, versions });
    return {};
  },
});
