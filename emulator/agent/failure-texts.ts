/**
 * What the agent tells a client whose session could not start; it travels as `Output` of the closing message.
 * @see agent-behaviour reference, section 2.8; amazon-ssm-agent `agent/framework/processor/executer/iohandler/iohandler.go`
 */

const maxOutputCharacters = 2500;
const truncationMark = "\n---Error truncated----";

/** A failure under the agent's banner, e.g. `Unable to start command: …`. */
export function startFailure(message: string): string {
  return withBanner(unableToStart(message));
}

/** The same without the banner, as a command session shows it ahead of the end. */
export function unableToStart(message: string): string {
  return `Unable to start command: ${message}\n`;
}

/** A handshake that the client could not do its part of. */
export function handshakeFailure(reason: string): string {
  return withBanner(reason);
}

function withBanner(text: string): string {
  const output = `\n----------ERROR-------\n${text}`;
  if (output.length <= maxOutputCharacters) return output;
  return output.slice(0, maxOutputCharacters - truncationMark.length) + truncationMark;
}

/** The demanded encryption of the log group is missing; no banner. @see agent-behaviour reference, section 4.5 */
export const logGroupNotEncrypted =
  "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption.";

/** The agent asks for the bucket's encryption; there is no s3 here that could answer it. No banner. */
export const bucketNotChecked =
  "Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: NotImplemented: s3 is not emulated by ssm-emulator";

/**
 * Go's words for a program that cannot be run, which a command session shows as standard error.
 * @see agent-behaviour reference, section 2.7; Go's os/exec, LookPath, and os, PathError
 */
export function programFailure(program: string, code: string | undefined): string {
  if (!program.includes("/")) return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  return `fork/exec ${program}: ${systemTexts[code ?? ""] ?? "input/output error"}`;
}

const systemTexts: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  E2BIG: "argument list too long",
  EISDIR: "permission denied",
  ENOENT: "no such file or directory",
  ENOEXEC: "exec format error",
  ENOTDIR: "not a directory",
};
