/**
 * What the agent tells a client whose session could not start; it travels as `Output` of the closing message.
 * @see agent-behaviour reference, section 2.8; amazon-ssm-agent `agent/framework/processor/executer/iohandler/iohandler.go`
 */

const maxOutputCharacters = 2500;
const truncationMark = "\n---Error truncated----";

/** A failure under the agent's banner, e.g. `Unable to start command: …`. */
export function startFailure(message: string): string {
  return withBanner(`Unable to start command: ${message}\n`);
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

/** The agent checks the bucket's encryption first; there is no s3 here that could answer it. No banner. */
export const bucketNotChecked =
  "Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: NotImplemented: s3 is not emulated by ssm-emulator";
