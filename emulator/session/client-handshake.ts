import {
  actionStatus,
  type ClientAction,
  type HandshakeRequest,
  type HandshakeResponse,
  type ProcessedClientAction,
} from "../protocol/handshake.ts";

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
 * in the plugin, down to the status of an unknown one, which stays 0.
 * @see data-channel reference, section 6; session-manager-plugin `src/datachannel/streaming.go`
 */
export function answerHandshake(
  request: HandshakeRequest,
  clientVersion: string,
): { readonly response: HandshakeResponse; readonly session: ClientSession } {
  const { agentVersion } = request;
  let session = { ...sessionWithoutHandshake, sessionType: "", agentVersion };
  const errors: string[] = [];
  const actions = request.actions.map((action): ProcessedClientAction => {
    const { actionType } = action;
    const done = { actionType, status: actionStatus.success, result: null, error: "" };
    const failure = failureOf(action);
    if (failure === undefined) {
      session = { ...session, ...sessionTypeIn(action) };
      return done;
    }
    errors.push(failure.reason);
    return { ...done, ...failure.action };
  });
  return { response: { clientVersion, actions, errors }, session };
}

function failureOf(
  action: ClientAction,
): { readonly reason: string; readonly action: Partial<ProcessedClientAction> } | undefined {
  const { actionType } = action;
  const failed = (reason: string) => {
    const error = `Failed to process action ${actionType}: ${reason}`;
    return { reason, action: { status: actionStatus.failed, error } };
  };
  switch (actionType) {
    case "SessionType": {
      const { sessionType } = sessionTypeIn(action);
      return sessionTypes.includes(sessionType) ? undefined : failed(`Unknown session type ${sessionType}`);
    }
    case "KMSEncryption":
      return failed("this client does not encrypt sessions yet");
    default: {
      const reason = `Unsupported action ${actionType}`;
      return { reason, action: { status: 0, result: actionStatus.unsupported, error: reason } };
    }
  }
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
