import { Type } from "typebox";
import { operation } from "../operation.ts";
import type { DocumentRecord } from "../ports/document-record.ts";
import { checkDocumentContent } from "./shared/check-document-content.ts";
import { describeDocumentVersion } from "./shared/describe-document-version.ts";
import { documentErrors } from "./shared/document-errors.ts";
import {
  DisplayName,
  DocumentFormat,
  DocumentTag,
  DocumentType,
  NewDocumentName,
  TargetType,
  VersionName,
} from "./shared/document-schemas.ts";
import { latestVersion } from "./shared/find-document.ts";

const maxDocuments = 500;

/** Also covers AWSEC2, AWSConfigRemediation and AWSSupport. @unverified That case does not matter. */
const reservedPrefix = /^(aws|amazon|amzn)/i;

/**
 * Stores the first version of a document; session documents are checked against their schema.
 * @see API_CreateDocument; aws-api reference, section 2.3
 */
export const createDocument = operation({
  service: "ssm",
  name: "CreateDocument",
  input: Type.Object({
    Content: Type.String({ minLength: 1 }),
    Name: NewDocumentName,
    DocumentType: Type.Optional(DocumentType),
    DocumentFormat: Type.Optional(DocumentFormat),
    VersionName: Type.Optional(VersionName),
    DisplayName: Type.Optional(DisplayName),
    TargetType: Type.Optional(TargetType),
    Tags: Type.Optional(Type.Array(DocumentTag, { maxItems: 1000 })),
    Requires: Type.Optional(Type.Array(Type.Unknown())),
    Attachments: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 20 })),
  }),
  handle(input, { state, accountId, now }) {
    if (input.Requires?.length) throw documentErrors.notEmulated("Requires");
    if (input.Attachments?.length) throw documentErrors.notEmulated("Attachments");
    if (reservedPrefix.test(input.Name)) throw documentErrors.reservedName(input.Name);
    if (state.documents.get(input.Name) !== undefined) throw documentErrors.alreadyExists(input.Name);
    const documentType = input.DocumentType ?? "Command";
    const format = input.DocumentFormat ?? "JSON";
    checkDocumentContent({ documentType, format, content: input.Content });
    if ([...state.documents.values()].length >= maxDocuments) throw documentErrors.tooManyDocuments();

    const record: DocumentRecord = {
      name: input.Name,
      documentType,
      targetType: input.TargetType,
      displayName: input.DisplayName,
      tags: (input.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value })),
      createdAt: now,
      defaultVersion: "1",
      versions: [
        { version: "1", versionName: input.VersionName, createdAt: now, format, content: input.Content },
      ],
    };
    state.documents.put(record.name, record);
    return {
      DocumentDescription: describeDocumentVersion(
        { owner: accountId, record },
        latestVersion(record),
        "Creating",
      ),
    };
  },
});
