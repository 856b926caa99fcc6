/** A session document that every account has, as AWS wrote it. */
export interface BuiltInDocument {
  readonly name: string;
  readonly content: { readonly description: string; readonly [member: string]: unknown };
}

const anyPort =
  "^([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$";
const anyPortOrZero = anyPort.replace("[1-9]", "[0-9]");

function port(description: string, defaultPort: string, allowedPattern = anyPort) {
  return { type: "String", description, allowedPattern, default: defaultPort };
}

const localPortNumber = port(
  "(Optional) Port number on local machine to forward traffic to. An open port is chosen at run-time if not provided",
  "0",
  anyPortOrZero,
);
const remotePort = "(Optional) Port number of the server on the instance";

function command(name: string, description: string, sessionType: string): BuiltInDocument {
  const commands = { commands: "{{ command }}", runAsElevated: false };
  return {
    name,
    content: {
      schemaVersion: "1.0",
      description,
      sessionType,
      parameters: {
        command: { type: "String", description: "(Required) The command to run on the instance" },
      },
      properties: { linux: commands, windows: commands, macos: commands },
    },
  };
}

/**
 * The session documents that AWS owns, by name.
 * @see aws-api reference, section 2.3, "built in"; agent-behaviour reference, section 5, for the port documents
 * @unverified The exact JSON of all but AWS-StartSSHSession and AWS-StartPortForwardingSession, and the descriptions;
 * GetDocument in a real account would settle them.
 */
export const builtInDocuments: readonly BuiltInDocument[] = [
  {
    name: "AWS-PasswordReset",
    content: {
      schemaVersion: "1.0",
      description: "Document to reset the password of a user on an instance",
      sessionType: "InteractiveCommands",
      parameters: {
        username: {
          type: "String",
          description: "(Required) The user whose password is reset",
          allowedPattern: "^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,63}$",
        },
      },
      properties: {
        linux: { commands: "passwd {{ username }}", runAsElevated: true },
        windows: { commands: "net user {{ username }} *", runAsElevated: true },
        macos: { commands: "passwd {{ username }}", runAsElevated: true },
      },
    },
  },
  command(
    "AWS-StartInteractiveCommand",
    "Document to run single interactive command on an instance",
    "InteractiveCommands",
  ),
  command(
    "AWS-StartNonInteractiveCommand",
    "Document to run single non-interactive command on an instance",
    "NonInteractiveCommands",
  ),
  {
    name: "AWS-StartPortForwardingSession",
    content: {
      schemaVersion: "1.0",
      description: "Document to start port forwarding session over Session Manager",
      sessionType: "Port",
      parameters: { portNumber: port(remotePort, "80"), localPortNumber },
      properties: {
        portNumber: "{{ portNumber }}",
        type: "LocalPortForwarding",
        localPortNumber: "{{ localPortNumber }}",
      },
    },
  },
  {
    name: "AWS-StartPortForwardingSessionToRemoteHost",
    content: {
      schemaVersion: "1.0",
      description: "Document to start port forwarding session over Session Manager to remote host",
      sessionType: "Port",
      parameters: {
        portNumber: port(remotePort, "80"),
        localPortNumber,
        host: {
          type: "String",
          description: "(Optional) Hostname or IP address of the destination server",
          allowedPattern: "^[^,$^&\\(\\)!;'\"<>\\`{}\\[\\]\\|#=]{3,}$",
          default: "localhost",
        },
      },
      properties: {
        portNumber: "{{ portNumber }}",
        type: "LocalPortForwarding",
        localPortNumber: "{{ localPortNumber }}",
        host: "{{ host }}",
      },
    },
  },
  {
    name: "AWS-StartPortForwardingSessionToSocket",
    content: {
      schemaVersion: "1.0",
      description: "Document to start port forwarding session over Session Manager to a local Unix socket",
      sessionType: "Port",
      parameters: {
        portNumber: port(remotePort, "80"),
        localUnixSocket: {
          type: "String",
          description: "(Required) Path of the Unix socket on local machine to forward traffic to",
          allowedPattern: "^.+$",
        },
      },
      properties: {
        portNumber: "{{ portNumber }}",
        type: "LocalPortForwarding",
        localConnectionType: "unix",
        localUnixSocket: "{{ localUnixSocket }}",
      },
    },
  },
  {
    name: "AWS-StartSSHSession",
    content: {
      schemaVersion: "1.0",
      description: "Document to start an SSH session over Session Manager",
      sessionType: "Port",
      parameters: { portNumber: port("(Optional) Port number of SSH server on the instance", "22") },
      properties: { portNumber: "{{ portNumber }}" },
    },
  },
];

/** Finds a built-in document by its exact name. */
export function findBuiltInDocument(name: string): BuiltInDocument | undefined {
  return builtInDocuments.find((document) => document.name === name);
}
