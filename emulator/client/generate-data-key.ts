import type { KMSClientConfig, KMSServiceException } from "@aws-sdk/client-kms";
import { dataKeyBytes } from "../session/channel-cipher.ts";
import { type AwsTarget, clientConfig } from "./aws-target.ts";
import { failureOf } from "./session-end.ts";

/** A key for a session, clear and as only KMS can read it. */
export interface DataKey {
  readonly plaintext: Uint8Array;
  readonly cipherText: Uint8Array;
}

/** Gives up when `signal` is aborted. */
export type DataKeySource = (kmsKeyId: string, signal: AbortSignal) => Promise<DataKey>;

export interface DataKeyRequest {
  readonly kmsKeyId: string;
  readonly sessionId: string;
  /** As StartSession was asked for it. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/**
 * Calls kms:GenerateDataKey for a session, as the plugin does. The SDK is loaded here: few sessions are encrypted.
 * @throws Error in the plugin's words
 * @see data-channel reference, section 14; session-manager-plugin `src/encryption/kmsservice.go`
 */
export async function generateDataKey(
  { kmsKeyId, sessionId, target, signal }: DataKeyRequest,
  aws: AwsTarget,
  config: KMSClientConfig = {},
): Promise<DataKey> {
  const { GenerateDataKeyCommand, KMSClient } = await import("@aws-sdk/client-kms");
  const client = new KMSClient({ ...clientConfig(aws), ...config });
  try {
    const { CiphertextBlob: cipherText, Plaintext: plaintext } = await client.send(
      new GenerateDataKeyCommand({
        KeyId: kmsKeyId,
        NumberOfBytes: dataKeyBytes,
        EncryptionContext: { "aws:ssm:SessionId": sessionId, "aws:ssm:TargetId": target },
      }),
      { abortSignal: signal },
    );
    if (cipherText === undefined || plaintext?.length !== dataKeyBytes) {
      throw new Error(`Expected a data key of ${dataKeyBytes} bytes, got ${plaintext?.length ?? "none"}`);
    }
    return { plaintext, cipherText };
  } catch (error) {
    throw new Error(`Error calling KMS GenerateDataKey API: ${describe(error)}`, { cause: error });
  } finally {
    client.destroy();
  }
}

/** As the plugin's SDK prints a service's error. */
function describe(error: unknown): string {
  if (!isServiceException(error)) return failureOf(error).message;
  const { name, message, $metadata: answer } = error;
  return `${name}: ${message}\n\tstatus code: ${answer.httpStatusCode}, request id: ${answer.requestId ?? ""}`;
}

function isServiceException(error: unknown): error is KMSServiceException {
  return error instanceof Error && "$fault" in error && "$metadata" in error;
}
