import { decodeJsonObject, encodeJson, integerIn, listIn, objectIn, textIn } from "./json-payload.ts";

/** Something the client is to do before the session begins. */
export interface ClientAction {
  /** `SessionType` or `KMSEncryption`. */
  readonly actionType: string;
  /** Depends on the action, e.g. {@link SessionTypeParameters}. */
  readonly parameters: unknown;
}

/** Parameters of the action `SessionType`. */
export interface SessionTypeParameters {
  readonly SessionType: "Standard_Stream" | "InteractiveCommands" | "NonInteractiveCommands" | "Port";
  /** Null for the shell types; for ports the document's resolved properties, all of them text. */
  readonly Properties: Readonly<Record<string, string>> | null;
}

export interface HandshakeRequest {
  /** Four numbers; decides which features the plugin uses. */
  readonly agentVersion: string;
  readonly actions: readonly ClientAction[];
}

export interface ProcessedClientAction {
  readonly actionType: string;
  /** See {@link actionStatus}. */
  readonly status: number;
  readonly result: unknown;
  readonly error: string;
}

export interface HandshakeResponse {
  readonly clientVersion: string;
  readonly actions: readonly ProcessedClientAction[];
  readonly errors: readonly string[];
}

export interface HandshakeComplete {
  /** Nanoseconds. */
  readonly timeToCompleteNs: number;
  /** Printed by the plugin when it is not empty. */
  readonly customerMessage: string;
}

/** What came of an action. @see data-channel reference, section 6 */
export const actionStatus = { success: 1, failed: 2, unsupported: 3 } as const;

/** @see data-channel reference, section 6 */
export function encodeHandshakeRequest(request: HandshakeRequest): Uint8Array {
  return encodeJson({
    AgentVersion: request.agentVersion,
    RequestedClientActions: request.actions.map(({ actionType, parameters }) => ({
      ActionType: actionType,
      ActionParameters: parameters,
    })),
  });
}

/** @throws ProtocolError `frame-malformed` */
export function decodeHandshakeRequest(payload: Uint8Array): HandshakeRequest {
  const content = decodeJsonObject(payload, "a handshake request");
  const actions = listIn(content.RequestedClientActions, "RequestedClientActions");
  return {
    agentVersion: textIn(content.AgentVersion, "AgentVersion"),
    actions: actions.map((value) => {
      const action = objectIn(value, "a requested action");
      return {
        actionType: textIn(action.ActionType, "ActionType"),
        parameters: action.ActionParameters,
      };
    }),
  };
}

/** @see data-channel reference, section 6 */
export function encodeHandshakeResponse(response: HandshakeResponse): Uint8Array {
  return encodeJson({
    ClientVersion: response.clientVersion,
    ProcessedClientActions: response.actions.map(({ actionType, status, result, error }) => ({
      ActionType: actionType,
      ActionStatus: status,
      ActionResult: result,
      Error: error,
    })),
    Errors: response.errors.length === 0 ? null : response.errors,
  });
}

/** @throws ProtocolError `frame-malformed` */
export function decodeHandshakeResponse(payload: Uint8Array): HandshakeResponse {
  const content = decodeJsonObject(payload, "a handshake response");
  const actions = listIn(content.ProcessedClientActions, "ProcessedClientActions");
  return {
    clientVersion: textIn(content.ClientVersion, "ClientVersion"),
    actions: actions.map(processedAction),
    errors: listIn(content.Errors, "Errors").map((error) => textIn(error, "an error")),
  };
}

function processedAction(value: unknown): ProcessedClientAction {
  const action = objectIn(value, "a processed action");
  return {
    actionType: textIn(action.ActionType, "ActionType"),
    status: integerIn(action.ActionStatus, "ActionStatus"),
    result: action.ActionResult ?? null,
    error: textIn(action.Error, "Error"),
  };
}

/** @see data-channel reference, section 6 */
export function encodeHandshakeComplete(complete: HandshakeComplete): Uint8Array {
  return encodeJson({
    HandshakeTimeToComplete: complete.timeToCompleteNs,
    CustomerMessage: complete.customerMessage,
  });
}

/** @throws ProtocolError `frame-malformed` */
export function decodeHandshakeComplete(payload: Uint8Array): HandshakeComplete {
  const content = decodeJsonObject(payload, "a handshake's completion");
  return {
    timeToCompleteNs: integerIn(content.HandshakeTimeToComplete, "HandshakeTimeToComplete"),
    customerMessage: textIn(content.CustomerMessage, "CustomerMessage"),
  };
}
