import { describe, expect, it } from "vitest";
import { validateInput } from "../../../emulator/http/validate-input.ts";
import { cancelKeyDeletion } from "../../../emulator/operations/kms/cancel-key-deletion.ts";
import { createKey } from "../../../emulator/operations/kms/create-key.ts";
import { describeKey } from "../../../emulator/operations/kms/describe-key.ts";
import { disableKey } from "../../../emulator/operations/kms/disable-key.ts";
import { enableKey } from "../../../emulator/operations/kms/enable-key.ts";
import { listAliases } from "../../../emulator/operations/kms/list-aliases.ts";
import { listKeys } from "../../../emulator/operations/kms/list-keys.ts";
import { scheduleKeyDeletion } from "../../../emulator/operations/kms/schedule-key-deletion.ts";
import { operationContext } from "../../helpers/operation-context.ts";
import { aliasArnPrefix, keyArnPrefix, kmsContext, newKey } from "./kms-context.ts";

const unknownId = "1234abcd-12ab-34cd-56ef-1234567890ab";
const dayMs = 86_400_000;

function refusal(code: string, message: string) {
  return expect.objectContaining({ code, message });
}

describe("serialization", () => {
  it("writes a key as recorded from the service", () => {
    const context = operationContext();
    const created = createKey.handle({ Description: "test key 123" }, context);
    expect(created).toEqual({
      KeyMetadata: {
        AWSAccountId: "000000000000",
        Arn: `${keyArnPrefix}00000000-0000-4000-8000-000000000001`,
        CreationDate: context.now / 1000,
        CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
        Description: "test key 123",
        Enabled: true,
        EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
        KeyId: "00000000-0000-4000-8000-000000000001",
        KeyManager: "CUSTOMER",
        KeySpec: "SYMMETRIC_DEFAULT",
        KeyState: "Enabled",
        KeyUsage: "ENCRYPT_DECRYPT",
        MultiRegion: false,
        Origin: "AWS_KMS",
      },
    });
  });

  it("lists keys page by page", () => {
    const { context, keyIds } = kmsContext("alias/a", "alias/b", "alias/c");
    const first = listKeys.handle({ Limit: 2 }, context) as { readonly NextMarker: string };
    expect(first).toEqual({
      Keys: keyIds.slice(0, 2).map((KeyId) => ({ KeyId, KeyArn: `${keyArnPrefix}${KeyId}` })),
      NextMarker: expect.any(String),
      Truncated: true,
    });
    expect(listKeys.handle({ Limit: 2, Marker: first.NextMarker }, context)).toEqual({
      Keys: [expect.objectContaining({ KeyId: keyIds[2] })],
      Truncated: false,
    });
    expect(() => listKeys.handle({ Marker: "made-up" }, context)).toThrow(
      expect.objectContaining({ code: "InvalidMarkerException" }),
    );
  });
});

describe("validation", () => {
  it("names the broken constraint", () => {
    expect(() => validateInput(createKey, { KeySpec: "AES" })).toThrow(
      expect.objectContaining({
        code: "ValidationException",
        message: expect.stringContaining(
          "Value 'AES' at 'keySpec' failed to satisfy constraint: Member must",
        ),
      }),
    );
  });

  it.each<readonly [Parameters<typeof createKey.handle>[0], string, string]>([
    [
      { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" },
      "UnsupportedOperationException",
      "ssm-emulator does not emulate keys of spec RSA_2048.",
    ],
    [
      { CustomerMasterKeySpec: "HMAC_256" },
      "UnsupportedOperationException",
      "ssm-emulator does not emulate keys of spec HMAC_256.",
    ],
    [
      { Origin: "EXTERNAL" },
      "UnsupportedOperationException",
      "ssm-emulator does not emulate keys of origin EXTERNAL.",
    ],
    [
      { MultiRegion: true },
      "UnsupportedOperationException",
      "ssm-emulator does not emulate multi-Region keys.",
    ],
    [
      { KeyUsage: "SIGN_VERIFY" },
      "ValidationException",
      "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
    ],
    [
      { KeySpec: "SYMMETRIC_DEFAULT", CustomerMasterKeySpec: "SYMMETRIC_DEFAULT" },
      "ValidationException",
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    ],
  ])("makes no key of %j", (input, code, message) => {
    const context = operationContext();
    expect(() => createKey.handle(input, context)).toThrow(refusal(code, message));
    expect([...context.state.kmsKeys.values()]).toEqual([]);
  });

  it.each([6, 31])("refuses a deletion in %i days", (PendingWindowInDays) => {
    const { context, keyId: KeyId } = kmsContext("alias/a");
    expect(() => scheduleKeyDeletion.handle({ KeyId, PendingWindowInDays }, context)).toThrow(
      expect.objectContaining({ code: "ValidationException" }),
    );
  });
});

describe("key identifiers", () => {
  const { context, keyId } = kmsContext("alias/a/b");

  it.each([keyId, `${keyArnPrefix}${keyId}`, "alias/a/b", `${aliasArnPrefix}alias/a/b`])(
    "find a key by %s",
    (KeyId) => {
      expect(describeKey.handle({ KeyId }, context)).toMatchObject({ KeyMetadata: { KeyId: keyId } });
    },
  );

  it.each([
    [unknownId, `Key '${keyArnPrefix}${unknownId}' does not exist`],
    [`${keyArnPrefix}${unknownId}`, `Key '${keyArnPrefix}${unknownId}' does not exist`],
    [
      "mrk-d3b95762d3b95762d3b95762d3b95762",
      `Key '${keyArnPrefix}mrk-d3b95762d3b95762d3b95762d3b95762' does not exist`,
    ],
    ["fake-key-id", "Invalid keyId 'fake-key-id'"],
    ["134f2428cec14b25a1ae9048164dba47", "Invalid keyId '134f2428cec14b25a1ae9048164dba47'"],
    [`${keyArnPrefix}alias/a/b`, "Invalid keyId 'alias/a/b'"],
    [`arn:aws:kms:ap-southeast-1:000000000000:key/${keyId}`, "Invalid arn ap-southeast-1"],
    [
      `arn:aws:kms:us-east-1:111111111111:key/${keyId}`,
      `Key 'arn:aws:kms:us-east-1:111111111111:key/${keyId}' does not exist`,
    ],
    ["alias/b", `Alias ${aliasArnPrefix}alias/b is not found.`],
    [`${aliasArnPrefix}alias/b`, `Alias ${aliasArnPrefix}alias/b is not found.`],
    [
      "arn:aws:kms:us-east-1:111111111111:alias/a/b",
      "Alias arn:aws:kms:us-east-1:111111111111:alias/a/b is not found.",
    ],
  ])("find nothing by %s", (KeyId, message) => {
    expect(() => describeKey.handle({ KeyId }, context)).toThrow(refusal("NotFoundException", message));
  });

  it.each([
    ["alias/a/b", "NotFoundException", "Invalid keyId 'alias/a/b'"],
    [
      `${aliasArnPrefix}alias/a/b`,
      "InvalidArnException",
      "Key Aliases are not supported for this operation.",
    ],
  ])("of aliases change no key: %s", (KeyId, code, message) => {
    expect(() => disableKey.handle({ KeyId }, context)).toThrow(refusal(code, message));
  });
});

describe("the state of a key", () => {
  const stateOf = (KeyId: string, context = operationContext()) =>
    (describeKey.handle({ KeyId }, context) as { readonly KeyMetadata: object }).KeyMetadata;

  it("is Disabled until it is enabled again", () => {
    const { context, keyId: KeyId } = kmsContext("alias/a");
    expect(disableKey.handle({ KeyId }, context)).toEqual({});
    expect(stateOf(KeyId, context)).toMatchObject({ KeyState: "Disabled", Enabled: false });
    expect(enableKey.handle({ KeyId: `${keyArnPrefix}${KeyId}` }, context)).toEqual({});
    expect(stateOf(KeyId, context)).toMatchObject({ KeyState: "Enabled", Enabled: true });
  });

  it("is PendingDeletion for 30 days, then the key is gone with its aliases", () => {
    const { context, keyId: KeyId } = kmsContext("alias/a", "alias/b");
    const DeletionDate = (context.now + 30 * dayMs) / 1000;
    expect(scheduleKeyDeletion.handle({ KeyId }, context)).toEqual({
      KeyId: `${keyArnPrefix}${KeyId}`,
      DeletionDate,
      KeyState: "PendingDeletion",
      PendingWindowInDays: 30,
    });
    const lastMoment = { ...context, now: context.now + 30 * dayMs - 1 };
    expect(stateOf(KeyId, lastMoment)).toMatchObject({
      KeyState: "PendingDeletion",
      Enabled: false,
      DeletionDate,
    });
    const after = { ...context, now: context.now + 30 * dayMs };
    expect(listAliases.handle({}, after)).toMatchObject({ Aliases: [{ AliasName: "alias/b" }] });
    expect(listKeys.handle({}, after)).toMatchObject({ Keys: [expect.anything()] });
    expect(() => stateOf(KeyId, after)).toThrow("does not exist");
  });

  it("is Disabled when its deletion is cancelled, whatever it was before", () => {
    const { context, keyId: KeyId } = kmsContext("alias/a");
    scheduleKeyDeletion.handle({ KeyId, PendingWindowInDays: 7 }, context);
    expect(cancelKeyDeletion.handle({ KeyId }, context)).toEqual({ KeyId: `${keyArnPrefix}${KeyId}` });
    expect(stateOf(KeyId, { ...context, now: context.now + 8 * dayMs })).toMatchObject({
      KeyState: "Disabled",
    });
    expect(stateOf(KeyId, context)).not.toHaveProperty("DeletionDate");
  });

  it.each([enableKey, disableKey, scheduleKeyDeletion])(
    "keeps $name from a key that is to be deleted",
    (one) => {
      const { context, keyId: KeyId } = kmsContext("alias/a");
      scheduleKeyDeletion.handle({ KeyId }, context);
      expect(() => one.handle({ KeyId }, context)).toThrow(
        refusal("KMSInvalidStateException", `${keyArnPrefix}${KeyId} is pending deletion.`),
      );
    },
  );

  it("keeps CancelKeyDeletion from a key that is not to be deleted", () => {
    const context = operationContext();
    const KeyId = newKey(context);
    expect(() => cancelKeyDeletion.handle({ KeyId }, context)).toThrow(
      refusal("KMSInvalidStateException", `${keyArnPrefix}${KeyId} is not pending deletion.`),
    );
  });
});
