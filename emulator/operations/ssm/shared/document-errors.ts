import { documentTexts } from "../../../documents/refusal.ts";
import { ServiceException } from "../../../errors.ts";

/**
 * The refusals of the document operations.
 * @see aws-api reference, section 2.3
 * @unverified Texts that the reference marks `B` are moto's, and those of the three limits are the API model's
 * documentation; recorded answers of AWS would settle them.
 */
export const documentErrors = {
  alreadyExists: (name: string) =>
    new ServiceException("DocumentAlreadyExists", `Document with same name ${name} already exists`),
  missing: (name: string) => new ServiceException("InvalidDocument", documentTexts.missing(name)),
  noSuchVersion: () =>
    new ServiceException("InvalidDocumentVersion", "The document version is not valid or does not exist."),
  versionNameTaken: () =>
    new ServiceException("DuplicateDocumentVersionName", "The specified version name is a duplicate."),
  sameContent: () =>
    new ServiceException(
      "DuplicateDocumentContent",
      "The content of the association document matches another document. Change the content of the document and try again.",
    ),
  defaultVersionKept: () =>
    new ServiceException("InvalidDocumentOperation", "Default version of the document can't be deleted."),
  reservedName: (name: string) =>
    new ServiceException("ValidationException", `Invalid document name ${name}`),
  tooLarge: () => new ServiceException("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB."),
  tooManyDocuments: () =>
    new ServiceException("DocumentLimitExceeded", "You can have at most 500 active SSM documents."),
  tooManyVersions: () =>
    new ServiceException(
      "DocumentVersionLimitExceeded",
      "The document has too many versions. Delete one or more document versions and try again.",
    ),
  notEmulated: (member: string) =>
    new ServiceException("ValidationException", `${member} of documents are not emulated.`),
} as const;
