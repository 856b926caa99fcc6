import { Type } from "typebox";
import { type OperationContext, operation } from "../operation.ts";
import { paginate } from "../paginate.ts";
import type { KmsAliasRecord } from "../ports/kms-records.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { findKeyById, removeDeletedKeys } from "./shared/find-key.ts";
import { aliasArn } from "./shared/key-identifier.ts";
import { KeyId, Limit, Marker } from "./shared/schemas.ts";

/** @see kms API reference, ListAliases, "Limit" */
const defaultLimit = 50;

export const listAliases = operation({
  service: "kms",
  name: "ListAliases",
  input: Type.Object({
    KeyId: Type.Optional(KeyId),
    Limit: Type.Optional(Limit),
    Marker: Type.Optional(Marker),
  }),
  handle(input, context) {
    const { page, nextToken } = paginate(matchingAliases(input.KeyId, context), {
      limit: input.Limit ?? defaultLimit,
      token: input.Marker,
      scope: JSON.stringify(["ListAliases", input.KeyId]),
      onBadToken: kmsExceptions.badMarker,
    });
    return {
      Aliases: page.map((alias) => presentAlias(alias, context)),
      ...(nextToken && { NextMarker: nextToken }),
      Truncated: nextToken !== undefined,
    };
  },
});

function matchingAliases(
  identifier: string | undefined,
  context: OperationContext,
): readonly KmsAliasRecord[] {
  removeDeletedKeys(context);
  const wantedKeyId = identifier === undefined ? undefined : findKeyById(identifier, context).keyId;
  return [...context.state.kmsAliases.values()]
    .filter(({ keyId }) => keyId === (wantedKeyId ?? keyId))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function presentAlias({ name, keyId, createdAt }: KmsAliasRecord, context: OperationContext): object {
  return {
    AliasName: name,
    AliasArn: aliasArn(context, name),
    TargetKeyId: keyId,
    CreationDate: createdAt / 1000,
    LastUpdatedDate: createdAt / 1000,
  };
}
