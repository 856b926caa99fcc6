import { Type } from "typebox";
import { operation } from "../operation.ts";
import type { DocumentRecord, DocumentVersionRecord } from "../ports/document-record.ts";
import { checkDocumentContent } from "./shared/check-document-content.ts";
import { describeDocumentVersion } from "./shared/describe-document-version.ts";
import { documentErrors } from "./shared/document-errors.ts";
import {
  DisplayName,
  DocumentFormat,
  DocumentNameOrArn,
  DocumentVersion,
  TargetType,
  VersionName,
} from "./shared/document-schemas.ts";
import { findOwnDocument, findVersion, latestVersion } from "./shared/find-document.ts";

const maxVersions = 1000;

/**
 * Adds a version to a document; which version is the default stays as it is.
 * @see API_UpdateDocument; aws-api reference, section 2.3
 * @unverified That content counts as unchanged against the newest version only, letting an older one come back.
 */
export const updateDocument = operation({
  service: "ssm",
  name: "UpdateDocument",
  input: Type.Object({
    Content: Type.String({ minLength: 1 }),
    Name: DocumentNameOrArn,
    DocumentVersion: Type.Optional(DocumentVersion),
    DocumentFormat: Type.Optional(DocumentFormat),
    VersionName: Type.Optional(VersionName),
    DisplayName: Type.Optional(DisplayName),
    TargetType: Type.Optional(TargetType),
    Attachments: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 20 })),
  }),
  handle(input, context) {
    if (input.Attachments?.length) throw documentErrors.notEmulated("Attachments");
    const document = findOwnDocument(input.Name, context);
    const latest = latestVersion(document);
    const base = findVersion(document, { DocumentVersion: input.DocumentVersion ?? "$LATEST" });
    if (base !== latest) throw documentErrors.noSuchVersion();

    const format = input.DocumentFormat ?? "JSON";
    checkDocumentContent({ documentType: document.documentType, format, content: input.Content });
    checkIsNew(document, latest, input);
    if (document.versions.length >= maxVersions) throw documentErrors.tooManyVersions();

    const version: DocumentVersionRecord = {
      version: String(Number(latest.version) + 1),
      versionName: input.VersionName,
      createdAt: context.now,
      format,
      content: input.Content,
    };
    const record: DocumentRecord = {
      ...document,
      targetType: input.TargetType ?? document.targetType,
      displayName: input.DisplayName ?? document.displayName,
      versions: [...document.versions, version],
    };
    context.state.documents.put(record.name, record);
    return {
      DocumentDescription: describeDocumentVersion({ owner: context.accountId, record }, version, "Updating"),
    };
  },
});

function checkIsNew(
  { versions }: DocumentRecord,
  latest: DocumentVersionRecord,
  { Content, VersionName: name }: { readonly Content: string; readonly VersionName?: string },
): void {
  const isTaken = name !== undefined && versions.some(({ versionName }) => versionName === name);
  if (isTaken) throw documentErrors.versionNameTaken();
  if (Content === latest.content) throw documentErrors.sameContent();
}
