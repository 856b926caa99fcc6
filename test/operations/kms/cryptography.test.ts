import { beforeEach, describe, expect, it } from "vitest";
import { validateInput } from "../../../emulator/http/validate-input.ts";
import { decrypt } from "../../../emulator/operations/kms/decrypt.ts";
import { disableKey } from "../../../emulator/operations/kms/disable-key.ts";
import { encrypt } from "../../../emulator/operations/kms/encrypt.ts";
import { generateDataKey } from "../../../emulator/operations/kms/generate-data-key.ts";
import { scheduleKeyDeletion } from "../../../emulator/operations/kms/schedule-key-deletion.ts";
import type { OperationContext } from "../../../emulator/operations/operation.ts";
import { keyArnPrefix, kmsContext } from "./kms-context.ts";

interface Blobs {
  readonly CiphertextBlob: string;
  readonly Plaintext: string;
}

const hello = Buffer.from("hello").toString("base64");
/** As a session's client and agent have it. @see data-channel reference, section 14 */
const sessionContext = { "aws:ssm:SessionId": "alice-0123456789abcdef0", "aws:ssm:TargetId": "i-1" };
const dayMs = 86_400_000;

let context: OperationContext;
let keyId: string;
beforeEach(() => {
  ({ context, keyId } = kmsContext("alias/session", "alias/other"));
});

function sealed(EncryptionContext?: Record<string, string>): string {
  const input = { KeyId: keyId, Plaintext: hello, ...(EncryptionContext && { EncryptionContext }) };
  return (encrypt.handle(input, context) as Blobs).CiphertextBlob;
}

function refusal(code: string, message: string) {
  return expect.objectContaining({ code, message });
}

describe("Encrypt and Decrypt", () => {
  it("give back the plaintext without being told the key", () => {
    const ciphertext = encrypt.handle({ KeyId: "alias/session", Plaintext: hello }, context);
    expect(ciphertext).toEqual({
      CiphertextBlob: expect.any(String),
      KeyId: `${keyArnPrefix}${keyId}`,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    });
    expect(decrypt.handle({ CiphertextBlob: (ciphertext as Blobs).CiphertextBlob }, context)).toEqual({
      KeyId: `${keyArnPrefix}${keyId}`,
      Plaintext: hello,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    });
  });

  it("never make the same blob twice", () => {
    expect(sealed()).not.toBe(sealed());
  });

  it("take up to 4096 bytes, and make at most 6144 of them", () => {
    const Plaintext = Buffer.alloc(4096, 7).toString("base64");
    const { CiphertextBlob } = encrypt.handle({ KeyId: keyId, Plaintext }, context) as Blobs;
    expect(Buffer.from(CiphertextBlob, "base64").length).toBeLessThanOrEqual(6144);
    expect(decrypt.handle({ CiphertextBlob }, context)).toMatchObject({ Plaintext });
  });

  it.each([
    [
      "Encrypt",
      () => encrypt.handle({ KeyId: keyId, Plaintext: bytes(4097) }, context),
      "plaintext",
      "less",
      4096,
    ],
    ["Encrypt", () => encrypt.handle({ KeyId: keyId, Plaintext: "" }, context), "plaintext", "greater", 1],
    [
      "Decrypt",
      () => decrypt.handle({ CiphertextBlob: bytes(6145) }, context),
      "ciphertextBlob",
      "less",
      6144,
    ],
  ] as const)("refuse blobs out of size, unquoted: %s", (_operation, call, member, direction, limit) => {
    expect(call).toThrow(
      refusal(
        "ValidationException",
        `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${direction} than or equal to ${limit}`,
      ),
    );
  });

  it.each(["hello", "a=bc", "aGVsbG8", "aGVs\nbG8="])("refuse %j, which is not base64", (Plaintext) => {
    expect(() => encrypt.handle({ KeyId: keyId, Plaintext }, context)).toThrow(
      expect.objectContaining({ code: "SerializationException" }),
    );
  });

  it("need their blobs", () => {
    expect(() => validateInput(decrypt, {})).toThrow(
      "Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    );
  });

  it("refuse algorithms of other keys", () => {
    const input = { KeyId: keyId, Plaintext: hello, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" as const };
    expect(() => encrypt.handle(input, context)).toThrow(
      refusal(
        "InvalidKeyUsageException",
        "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.",
      ),
    );
  });

  it("refuse enclaves", () => {
    expect(() => decrypt.handle({ CiphertextBlob: sealed(), Recipient: {} }, context)).toThrow(
      expect.objectContaining({ code: "UnsupportedOperationException" }),
    );
  });
});

describe("the encryption context", () => {
  it("counts in any order", () => {
    const [first = [], second = []] = Object.entries(sessionContext);
    const CiphertextBlob = sealed(Object.fromEntries([first, second]));
    const EncryptionContext = Object.fromEntries([second, first]);
    expect(decrypt.handle({ CiphertextBlob, EncryptionContext }, context)).toMatchObject({
      Plaintext: hello,
    });
  });

  it("may be empty or left out alike", () => {
    expect(decrypt.handle({ CiphertextBlob: sealed({}) }, context)).toMatchObject({ Plaintext: hello });
    expect(decrypt.handle({ CiphertextBlob: sealed(), EncryptionContext: {} }, context)).toMatchObject({
      Plaintext: hello,
    });
  });

  it.each<readonly [string, Record<string, string>]>([
    ["none", {}],
    ["part of it", { "aws:ssm:TargetId": "i-1" }],
    ["more than it", { ...sessionContext, "aws:ssm:RandomChallenge": "x" }],
    ["another value", { ...sessionContext, "aws:ssm:TargetId": "i-2" }],
    ["a value in another case", { ...sessionContext, "aws:ssm:TargetId": "I-1" }],
  ])("must be the same, not %s", (_what, EncryptionContext) => {
    const CiphertextBlob = sealed(sessionContext);
    expect(() => decrypt.handle({ CiphertextBlob, EncryptionContext }, context)).toThrow(
      refusal("InvalidCiphertextException", ""),
    );
  });

  it("keeps names and values apart", () => {
    const CiphertextBlob = sealed({ a: 'b","c' });
    expect(() => decrypt.handle({ CiphertextBlob, EncryptionContext: { 'a","b': "c" } }, context)).toThrow(
      refusal("InvalidCiphertextException", ""),
    );
  });
});

describe("a ciphertext blob", () => {
  it("that was changed in any byte is refused", () => {
    const blob = Buffer.from(sealed(), "base64");
    for (const index of blob.keys()) {
      const changed = Buffer.from(blob);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decrypt.handle({ CiphertextBlob: changed.toString("base64") }, context)).toThrow(
        expect.objectContaining({
          // Bytes 1 to 16 name the key.
          code: index >= 1 && index <= 16 ? "AccessDeniedException" : "InvalidCiphertextException",
        }),
      );
    }
  });

  it("that was cut short is refused", () => {
    const blob = Buffer.from(sealed(), "base64");
    for (let length = 1; length < blob.length; length++) {
      const CiphertextBlob = blob.subarray(0, length).toString("base64");
      expect(() => decrypt.handle({ CiphertextBlob }, context)).toThrow(
        refusal("InvalidCiphertextException", ""),
      );
    }
  });

  it("opens with no other key", () => {
    const input = { CiphertextBlob: sealed(), KeyId: "alias/other" };
    expect(() => decrypt.handle(input, context)).toThrow(
      refusal(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
      ),
    );
  });

  it("of a key that is gone is refused as one not to be had", () => {
    const CiphertextBlob = sealed();
    scheduleKeyDeletion.handle({ KeyId: keyId, PendingWindowInDays: 7 }, context);
    const after = { ...context, now: context.now + 7 * dayMs };
    expect(() => decrypt.handle({ CiphertextBlob }, after)).toThrow(
      refusal(
        "AccessDeniedException",
        "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
      ),
    );
  });
});

describe("GenerateDataKey", () => {
  it.each<readonly [Omit<Parameters<typeof generateDataKey.handle>[0], "KeyId">, number]>([
    [{ NumberOfBytes: 64 }, 64],
    [{ NumberOfBytes: 1024 }, 1024],
    [{ KeySpec: "AES_256" }, 32],
    [{ KeySpec: "AES_128" }, 16],
  ])("by %j makes a key of %i bytes that Decrypt gives back", (size, length) => {
    const input = { KeyId: "alias/session", EncryptionContext: sessionContext, ...size };
    const output = generateDataKey.handle(input, context) as Blobs;
    expect(output).toMatchObject({ KeyId: `${keyArnPrefix}${keyId}` });
    expect(Buffer.from(output.Plaintext, "base64")).toHaveLength(length);
    const { CiphertextBlob } = output;
    const back = { CiphertextBlob, EncryptionContext: sessionContext, KeyId: keyId };
    expect(decrypt.handle(back, context)).toMatchObject({ Plaintext: output.Plaintext });
  });

  it.each([{}, { NumberOfBytes: 64, KeySpec: "AES_256" } as const])("refuses the size %j", (size) => {
    expect(() => generateDataKey.handle({ KeyId: keyId, ...size }, context)).toThrow(
      refusal("ValidationException", "Please specify either number of bytes or key spec."),
    );
  });

  it.each([
    [0, "greater than or equal to 1"],
    [1025, "less than or equal to 1024"],
  ])("refuses %i bytes", (NumberOfBytes, rule) => {
    expect(() => validateInput(generateDataKey, { KeyId: keyId, NumberOfBytes })).toThrow(
      refusal(
        "ValidationException",
        `1 validation error detected: Value '${NumberOfBytes}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${rule}`,
      ),
    );
  });
});

const calls = [
  ["Encrypt", () => encrypt.handle({ KeyId: keyId, Plaintext: hello }, context)],
  ["GenerateDataKey", () => generateDataKey.handle({ KeyId: keyId, NumberOfBytes: 64 }, context)],
] as const;

describe.each([...calls, ["Decrypt", undefined] as const])("%s", (_name, call) => {
  let act: () => unknown;
  beforeEach(() => {
    const CiphertextBlob = sealed();
    act = call ?? (() => decrypt.handle({ CiphertextBlob }, context));
  });

  it("refuses a disabled key", () => {
    disableKey.handle({ KeyId: keyId }, context);
    expect(act).toThrow(refusal("DisabledException", `${keyArnPrefix}${keyId} is disabled.`));
  });

  it("refuses a key that is to be deleted", () => {
    scheduleKeyDeletion.handle({ KeyId: keyId }, context);
    expect(act).toThrow(refusal("KMSInvalidStateException", `${keyArnPrefix}${keyId} is pending deletion.`));
  });
});

it.each([
  ["Encrypt", () => encrypt.handle({ KeyId: keyId, Plaintext: hello, DryRun: true }, context)],
  ["Decrypt", () => decrypt.handle({ CiphertextBlob: sealed(), DryRun: true }, context)],
  [
    "GenerateDataKey",
    () => generateDataKey.handle({ KeyId: keyId, NumberOfBytes: 1, DryRun: true }, context),
  ],
])("a dry run of %s gives nothing out", (_name, call) => {
  expect(call).toThrow(
    refusal("DryRunOperationException", "The request would have succeeded, but the DryRun option is set."),
  );
});

function bytes(length: number): string {
  return Buffer.alloc(length).toString("base64");
}
