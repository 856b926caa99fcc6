import { Type } from "typebox";
import { ServiceException } from "../../errors.ts";
import { operation } from "../operation.ts";
import { identifyDocument } from "./shared/describe-document-version.ts";
import { findVersion, listReadableDocuments, type OwnedDocument } from "./shared/find-document.ts";
import { ssmPage } from "./shared/ssm-page.ts";

const defaultPageSize = 50;

const Filter = Type.Object({
  Key: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  Values: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }))),
});

const LegacyFilter = Type.Object({
  key: Type.Enum(["Name", "Owner", "PlatformTypes", "DocumentType"]),
  value: Type.String({ minLength: 1 }),
});

/**
 * The default versions of the account's documents and of AWS's, by name. A document has to match every filter, and
 * of each filter one value.
 * @see API_ListDocuments; aws-api reference, section 2.3
 */
export const listDocuments = operation({
  service: "ssm",
  name: "ListDocuments",
  input: Type.Object({
    Filters: Type.Optional(Type.Array(Filter, { minItems: 0, maxItems: 6 })),
    DocumentFilterList: Type.Optional(Type.Array(LegacyFilter, { minItems: 1 })),
    MaxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
    NextToken: Type.Optional(Type.String()),
  }),
  handle(input, context) {
    const filters = [
      ...(input.Filters ?? []).map(({ Key = "", Values = [] }) => toPredicate(Key, Values)),
      ...(input.DocumentFilterList ?? []).map(({ key, value }) => toPredicate(key, [value])),
    ];
    const found = listReadableDocuments(context).filter((document) =>
      filters.every((matches) => matches(document)),
    );
    const { page, rest } = ssmPage(found, {
      input,
      defaultSize: defaultPageSize,
      scope: ["ListDocuments", input.Filters, input.DocumentFilterList],
    });
    return {
      DocumentIdentifiers: page.map((document) =>
        identifyDocument(document, findVersion(document.record, {})),
      ),
      ...rest,
    };
  },
});

type Match = (document: OwnedDocument, value: string) => boolean;

/** Nothing is shared between accounts here, so only AWS's documents are public. */
const owners: Readonly<Record<string, (isOwnedByAmazon: boolean) => boolean>> = {
  All: () => true,
  Amazon: (isOwnedByAmazon) => isOwnedByAmazon,
  Public: (isOwnedByAmazon) => isOwnedByAmazon,
  Self: (isOwnedByAmazon) => !isOwnedByAmazon,
  Private: () => false,
  ThirdParty: () => false,
};

const keys: Readonly<Record<string, Match>> = {
  Name: ({ record }, value) => record.name.startsWith(value),
  Owner: ({ owner }, value) => Object.hasOwn(owners, value) && owners[value]?.(owner === "Amazon") === true,
  DocumentType: ({ record }, value) => record.documentType === value,
  TargetType: ({ record }, value) => record.targetType === value,
  PlatformTypes: (document, value) =>
    identifyDocument(document, findVersion(document.record, {})).PlatformTypes.includes(value),
  SearchKeyword: ({ record }, value) => record.name.toLowerCase().includes(value.toLowerCase()),
};

function toPredicate(key: string, values: readonly string[]): (document: OwnedDocument) => boolean {
  const match = key.startsWith("tag:")
    ? matchTag(key.slice("tag:".length))
    : Object.hasOwn(keys, key) && keys[key];
  if (!match) throw new ServiceException("InvalidFilterKey");
  return (document) => values.some((value) => match(document, value));
}

function matchTag(tagKey: string): Match {
  return ({ record }, wanted) => record.tags.some(({ key, value }) => key === tagKey && value === wanted);
}
