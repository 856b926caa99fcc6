import { Type } from "typebox";
import { operation } from "../operation.ts";
import { paginate } from "../paginate.ts";
import { kmsExceptions } from "./shared/exceptions.ts";
import { removeDeletedKeys } from "./shared/find-key.ts";
import { keyArn } from "./shared/key-identifier.ts";
import { Limit, Marker } from "./shared/schemas.ts";

/** @see kms API reference, ListKeys, "Limit" */
const defaultLimit = 100;

/** Keys in order of creation. */
export const listKeys = operation({
  service: "kms",
  name: "ListKeys",
  input: Type.Object({ Limit: Type.Optional(Limit), Marker: Type.Optional(Marker) }),
  handle(input, context) {
    removeDeletedKeys(context);
    const { page, nextToken } = paginate([...context.state.kmsKeys.values()], {
      limit: input.Limit ?? defaultLimit,
      token: input.Marker,
      scope: "ListKeys",
      onBadToken: kmsExceptions.badMarker,
    });
    return {
      Keys: page.map(({ keyId }) => ({ KeyId: keyId, KeyArn: keyArn(context, keyId) })),
      ...(nextToken && { NextMarker: nextToken }),
      Truncated: nextToken !== undefined,
    };
  },
});
