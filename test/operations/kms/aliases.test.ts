import { describe, expect, it } from "vitest";
import { validateInput } from "../../../emulator/http/validate-input.ts";
import { createAlias } from "../../../emulator/operations/kms/create-alias.ts";
import { deleteAlias } from "../../../emulator/operations/kms/delete-alias.ts";
import { describeKey } from "../../../emulator/operations/kms/describe-key.ts";
import { listAliases } from "../../../emulator/operations/kms/list-aliases.ts";
import { scheduleKeyDeletion } from "../../../emulator/operations/kms/schedule-key-deletion.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { aliasArnPrefix, keyArnPrefix, kmsContext } from "./kms-context.ts";

type ListInput = Parameters<typeof listAliases.handle>[0];
interface ListOutput {
  readonly Aliases: readonly { readonly AliasName: string }[];
  readonly NextMarker: string;
}

function list(input: ListInput, context: OperationContext): ListOutput {
  return listAliases.handle(input, context) as ListOutput;
}

function refusal(code: string, message: string) {
  return expect.objectContaining({ code, message });
}

describe("ListAliases", () => {
  it("writes an alias with both its names", () => {
    const { context, keyId } = kmsContext("alias/a");
    expect(list({}, context)).toEqual({
      Aliases: [
        {
          AliasName: "alias/a",
          AliasArn: `${aliasArnPrefix}alias/a`,
          TargetKeyId: keyId,
          CreationDate: context.now / 1000,
          LastUpdatedDate: context.now / 1000,
        },
      ],
      Truncated: false,
    });
  });

  it("goes by name, page by page", () => {
    const { context } = kmsContext("alias/c", "alias/a", "alias/b");
    const first = list({ Limit: 2 }, context);
    expect(first).toMatchObject({
      Aliases: [{ AliasName: "alias/a" }, { AliasName: "alias/b" }],
      Truncated: true,
    });
    const second = list({ Limit: 2, Marker: first.NextMarker }, context);
    expect(second).toMatchObject({ Aliases: [{ AliasName: "alias/c" }], Truncated: false });
    expect(second).not.toHaveProperty("NextMarker");
    expect(() => list({ Marker: "made-up" }, context)).toThrow(
      expect.objectContaining({ code: "InvalidMarkerException" }),
    );
  });

  it("tells the aliases of one key, by its id or ARN", () => {
    const { context, keyId } = kmsContext("alias/a", "alias/b");
    createAlias.handle({ AliasName: "alias/c", TargetKeyId: keyId }, context);
    for (const KeyId of [keyId, `${keyArnPrefix}${keyId}`]) {
      expect(list({ KeyId }, context).Aliases.map(({ AliasName }) => AliasName)).toEqual([
        "alias/a",
        "alias/c",
      ]);
    }
  });
});

describe("CreateAlias", () => {
  it("takes the key by its ARN", () => {
    const { context, keyId } = kmsContext("alias/a");
    expect(
      createAlias.handle({ AliasName: "alias/b", TargetKeyId: `${keyArnPrefix}${keyId}` }, context),
    ).toEqual({});
    expect(describeKey.handle({ KeyId: "alias/b" }, context)).toMatchObject({
      KeyMetadata: { KeyId: keyId },
    });
  });

  it.each([
    [
      "session",
      "ValidationException",
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    ["alias/aws/ssm", "NotAuthorizedException", ""],
    ["alias/a:b", "ValidationException", "alias/a:b contains invalid characters for an alias"],
    ["alias/a", "AlreadyExistsException", `An alias with the name ${aliasArnPrefix}alias/a already exists`],
  ])("refuses the name %s", (AliasName, code, message) => {
    const { context, keyId } = kmsContext("alias/a");
    expect(() => createAlias.handle({ AliasName, TargetKeyId: keyId }, context)).toThrow(
      refusal(code, message),
    );
  });

  it("refuses characters that the model does not have, pattern and all", () => {
    expect(() => validateInput(createAlias, { AliasName: "alias/a b", TargetKeyId: "x" })).toThrow(
      refusal(
        "ValidationException",
        "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: " +
          "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
      ),
    );
  });

  it.each(["alias/a", `${aliasArnPrefix}alias/a`])("makes no alias of an alias: %s", (TargetKeyId) => {
    const { context } = kmsContext("alias/a");
    expect(() => createAlias.handle({ AliasName: "alias/b", TargetKeyId }, context)).toThrow(
      refusal("ValidationException", "Aliases must refer to keys. Not aliases"),
    );
  });

  it("refuses a key that is to be deleted", () => {
    const { context, keyId } = kmsContext("alias/a");
    scheduleKeyDeletion.handle({ KeyId: keyId }, context);
    expect(() => createAlias.handle({ AliasName: "alias/b", TargetKeyId: keyId }, context)).toThrow(
      refusal("KMSInvalidStateException", `${keyArnPrefix}${keyId} is pending deletion.`),
    );
  });
});

describe("DeleteAlias", () => {
  it("leaves the key", () => {
    const { context, keyId } = kmsContext("alias/a");
    expect(deleteAlias.handle({ AliasName: "alias/a" }, context)).toEqual({});
    expect(list({}, context).Aliases).toEqual([]);
    expect(describeKey.handle({ KeyId: keyId }, context)).toMatchObject({ KeyMetadata: { Enabled: true } });
  });

  it("refuses an alias there is not", () => {
    const { context } = kmsContext();
    expect(() => deleteAlias.handle({ AliasName: "alias/a" }, context)).toThrow(
      refusal("NotFoundException", `Alias ${aliasArnPrefix}alias/a is not found.`),
    );
  });
});
