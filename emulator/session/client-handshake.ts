import {
  actionStatus,
  type ClientAction,
  type HandshakeRequest,
  type HandshakeResponse,
  type ProcessedClientAction,
} from "../protocol/handshake.ts";
import { encodeKmsResult, kmsEncryptionAction } from "../protocol/kms-action.ts";

/** What a client knows of its session when it begins. */
export interface ClientSession {
  /** As the agent names it, e.g. `Standard_Stream` or `Port`; empty when it named none that is known. */
  readonly sessionType: string;
  /** Of a port session: the document's resolved properties. */
  readonly properties: unknown;
  /** Empty without a handshake. */
  readonly agentVersion: string;
  /** Text for the user; may be empty. */
  readonly customerMessage: string;
}

/** What KMS has answered to a client that asked for a data key. */
export type GeneratedDataKey =
  | { readonly type: "data-key"; readonly plaintext: Uint8Array; readonly cipherText: Uint8Array }
  /** `reason` is the service's error. */
  | { readonly type: "failed"; readonly reason: string };

/** What an agent that does no handshake can only mean. @see data-channel reference, section 7.1 */
export const sessionWithoutHandshake: ClientSession = {
  sessionType: "Standard_Stream",
  properties: null,
  agentVersion: "",
  customerMessage: "",
};

const shellSessionTypes = ["Standard_Stream", "InteractiveCommands", "NonInteractiveCommands"];
const sessionTypes = [...shellSessionTypes, "Port"];

/** Whether the session takes sizes of a terminal. Commands do, as in the plugin. */
export function isShell({ sessionType }: ClientSession): boolean {
  return shellSessionTypes.includes(sessionType);
}

/**
 * What a client answers to the request, and the session that it is about. An action that it cannot do is answered as
 * in the plugin, down to the status of an unknown one, which stays 0. `dataKey` is for a request that wants encryption.
 * @see data-channel reference, section 6; session-manager-plugin `src/datachannel/streaming.go`
 */
export function answerHandshake(
  request: HandshakeRequest,
  clientVersion: string,
  dataKey: GeneratedDataKey = noDataKey,
): { readonly response: HandshakeResponse; readonly session: ClientSession } {
  const { agentVersion } = request;
  let session = { ...sessionWithoutHandshake, sessionType: "", agentVersion };
  const errors: string[] = [];
  const actions = request.actions.map((action): ProcessedClientAction => {
    const { actionType } = action;
    const failure = failureOf(action, dataKey);
    if (failure !== undefined) {
      errors.push(failure.reason);
      return { actionType, status: actionStatus.failed, result: null, error: "", ...failure.action };
    }
    session = { ...session, ...(actionType === "SessionType" && sessionTypeIn(action)) };
    return { actionType, status: actionStatus.success, result: resultOf(action, dataKey), error: "" };
  });
  return { response: { clientVersion, actions, errors }, session };
}

const noDataKey: GeneratedDataKey = { type: "failed", reason: "there is no data key" };

function failureOf(
  action: ClientAction,
  dataKey: GeneratedDataKey,
): { readonly reason: string; readonly action: Partial<ProcessedClientAction> } | undefined {
  const { actionType } = action;
  const failed = (reason: string) => ({
    reason,
    action: { error: `Failed to process action ${actionType}: ${reason}` },
  });
  switch (actionType) {
    case "SessionType": {
      const { sessionType } = sessionTypeIn(action);
      return sessionTypes.includes(sessionType) ? undefined : failed(`Unknown session type ${sessionType}`);
    }
    case kmsEncryptionAction:
      return dataKey.type === "failed" ? failed(dataKey.reason) : undefined;
    default: {
      const reason = `Unsupported action ${actionType}`;
      return { reason, action: { status: 0, result: actionStatus.unsupported, error: reason } };
    }
  }
}

function resultOf({ actionType }: ClientAction, dataKey: GeneratedDataKey): unknown {
  if (actionType !== kmsEncryptionAction || dataKey.type === "failed") return null;
  return encodeKmsResult({ cipherText: dataKey.cipherText, challengeAcknowledged: false });
}

function sessionTypeIn({ parameters }: ClientAction): Pick<ClientSession, "sessionType" | "properties"> {
  const members: Readonly<Record<string, unknown>> =
    typeof parameters === "object" && parameters !== null ? { ...parameters } : {};
  const { SessionType: sessionType, Properties: properties } = members;
  return {
    sessionType: typeof sessionType === "string" ? sessionType : "",
    properties: properties ?? null,
  };
}
