import { randomBytes } from "node:crypto";
import { readGoFlag } from "../documents/go-flag.ts";
import { isObject } from "../documents/json-value.ts";
import type { SessionDocument } from "../documents/session-document.ts";
import type { StartSessionTask } from "../operations/ports/session-control.ts";
import { DataChannel } from "../session/data-channel.ts";
import type { ChannelEncryption, DataKey } from "../session/data-channel-options.ts";

export interface SessionChannelOptions {
  readonly agentVersion: string;
  readonly newMessageId: () => string;
  /** Calls kms:Decrypt for a data key, in the account and with the rights of the node. */
  readonly decryptDataKey: (request: {
    readonly cipherText: Uint8Array;
    readonly keyId: string;
    readonly encryptionContext: Readonly<Record<string, string>>;
  }) => DataKey;
}

/**
 * Whether a session begins only when its client has done the handshake.
 * @see data-channel reference, section 7.1
 */
export function requiresHandshake(document: SessionDocument): boolean {
  return isPiped(document) || isEncrypted(document);
}

/** The data channel of a session. */
export function openSessionChannel(task: StartSessionTask, options: SessionChannelOptions): DataChannel {
  const { agentVersion, newMessageId } = options;
  const common = { sessionId: task.sessionId, agentVersion, newMessageId };
  // The agent has no data channel then; its client is let in to hear the end.
  if (task.document.type === "unparsable") return new DataChannel(common);
  const { document } = task.document;
  const { sessionType, properties } = document;
  return new DataChannel({
    ...common,
    session: { type: sessionType, properties: sessionType === "Port" ? texts(properties) : null },
    handshake: requiresHandshake(document) ? "required" : "optional",
    separateOutput: asksForSeparateOutput(document),
    ...(isEncrypted(document) && { encryption: encryptionOf(task, document.inputs.kmsKeyId, options) }),
  });
}

/** @see data-channel reference, section 14 */
function encryptionOf(
  { sessionId, target }: StartSessionTask,
  keyId: string,
  { decryptDataKey }: SessionChannelOptions,
): ChannelEncryption {
  const challenge = randomBytes(challengeBytes);
  const context = { "aws:ssm:SessionId": sessionId, "aws:ssm:TargetId": target };
  return {
    kmsKeyId: keyId,
    challenge,
    randomBytes: (length) => randomBytes(length),
    decryptDataKey: (cipherText, { challengeAcknowledged }) =>
      decryptDataKey({
        cipherText,
        keyId,
        encryptionContext: challengeAcknowledged
          ? { ...context, "aws:ssm:RandomChallenge": challenge.toString("base64") }
          : context,
      }),
  };
}

const challengeBytes = 16;

function isPiped({ sessionType }: SessionDocument): boolean {
  return sessionType === "Port" || sessionType === "NonInteractiveCommands";
}

/** What a port carries is never encrypted, whatever the preferences say. */
function isEncrypted({ sessionType, inputs }: SessionDocument): boolean {
  return sessionType !== "Port" && inputs.kmsKeyId !== "";
}

function asksForSeparateOutput({ sessionType, properties }: SessionDocument): boolean {
  const { linux } = properties;
  if (sessionType !== "NonInteractiveCommands" || !isObject(linux)) return false;
  return readGoFlag(linux.separateOutputStream) === true;
}

/** The plugin skips what is not text. @see data-channel reference, section 10 */
function texts(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
