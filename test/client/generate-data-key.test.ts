import { describe, expect, it } from "vitest";
import { generateDataKey } from "../../emulator/client/generate-data-key.ts";
import shell from "../fixtures/data-channel/kms-encrypted-shell.json" with { type: "json" };
import { startFakeKms } from "./fake-kms.ts";

const { KeyId, EncryptionContext } = shell.generateDataKey;

function generate(endpoint: string, signal = new AbortController().signal) {
  const request = {
    kmsKeyId: KeyId,
    sessionId: EncryptionContext["aws:ssm:SessionId"],
    target: EncryptionContext["aws:ssm:TargetId"],
    signal,
  };
  const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
  return generateDataKey(request, { endpoint, region: "us-east-1", credentials }, { maxAttempts: 1 });
}

describe("generateDataKey", () => {
  it("asks KMS for what the plugin asks", async () => {
    const body = {
      KeyId,
      Plaintext: Buffer.from(shell.dataKeyHex, "hex").toString("base64"),
      CiphertextBlob: Buffer.from(shell.cipherTextKey).toString("base64"),
    };
    await using kms = await startFakeKms({ status: 200, body });
    const { plaintext, cipherText } = await generate(kms.endpoint);
    expect(kms.calls).toEqual([{ target: "TrentService.GenerateDataKey", input: shell.generateDataKey }]);
    expect(Buffer.from(plaintext).toString("hex")).toBe(shell.dataKeyHex);
    expect(Buffer.from(cipherText).toString()).toBe(shell.cipherTextKey);
  });

  it("fails as KMS does, in the plugin's words", async () => {
    const message = "User: alice is not authorized to perform: kms:GenerateDataKey";
    const body = { __type: "AccessDeniedException", message };
    await using kms = await startFakeKms({ status: 400, body });
    await expect(generate(kms.endpoint)).rejects.toThrow(
      new Error(
        `Error calling KMS GenerateDataKey API: AccessDeniedException: ${message}\n\tstatus code: 400, request id: r-1`,
      ),
    );
  });

  it("fails with a key that is too short", async () => {
    const body = { Plaintext: "AAAA", CiphertextBlob: "AAAA" };
    await using kms = await startFakeKms({ status: 200, body });
    await expect(generate(kms.endpoint)).rejects.toThrow(
      "Error calling KMS GenerateDataKey API: Expected a data key of 64 bytes, got 3",
    );
  });

  it("fails where nobody listens", async () => {
    const gone = await startFakeKms();
    await gone[Symbol.asyncDispose]();
    await expect(generate(gone.endpoint)).rejects.toThrow(
      /^Error calling KMS GenerateDataKey API: .*ECONNREFUSED/,
    );
  });

  it("gives up when it is told to", async () => {
    await using kms = await startFakeKms();
    const leaving = new AbortController();
    const asked = generate(kms.endpoint, leaving.signal);
    const failed = expect(asked).rejects.toThrow("Error calling KMS GenerateDataKey API: ");
    await kms.called;
    leaving.abort();
    await failed;
  });
});
