/** What the agent tells of each output, in bytes. @see amazon-ssm-agent agent/framework/runpluginutil/runpluginutil.go */
const maxToldBytes = 24_000;
const truncatedSuffix = "--output truncated--";

/** The beginning of an output, as much of it as can ever be told. */
export class KeptOutput {
  readonly #pieces: Uint8Array[] = [];
  #room = maxToldBytes;

  put(bytes: Uint8Array): void {
    if (this.#room === 0) return;
    // A copy: a piece of a large chunk would keep all of it.
    const piece = Uint8Array.from(bytes.subarray(0, this.#room));
    this.#room -= piece.length;
    this.#pieces.push(piece);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}

/** Cuts what is too long, as the agent does: to the limit, suffix included. */
export function truncateTold(output: Buffer): string {
  if (output.length < maxToldBytes) return output.toString();
  return output.toString("utf8", 0, maxToldBytes - truncatedSuffix.length) + truncatedSuffix;
}

/** What the agent tells of both outputs in one. @see amazon-ssm-agent agent/framework/processor/executer/iohandler/iohandler.go */
const maxJoinedBytes = 2_500;
const errorTitle = "\n----------ERROR-------\n";
const truncatedOutput = "\n---Output truncated---";
const truncatedError = "\n---Error truncated----";

/** Joins both outputs under the agent's title and cuts the longer one, or both. */
export function joinOutputs(stdout: Buffer, stderr: Buffer): string {
  const title = stderr.length > 0 ? errorTitle : "";
  const room = maxJoinedBytes - title.length;
  const head = (output: Buffer, length: number) => output.toString("utf8", 0, length);
  if (stdout.length + stderr.length < room) return `${stdout}${title}${stderr}`;
  if (stdout.length > room / 2 && stderr.length > room / 2) {
    const half = Math.floor((room - truncatedError.length - truncatedOutput.length) / 2);
    return `${head(stdout, half)}${truncatedOutput}${title}${head(stderr, half)}${truncatedError}`;
  }
  if (stdout.length <= room / 2) {
    const left = room - truncatedError.length - stdout.length;
    return `${stdout}${title}${head(stderr, left)}${truncatedError}`;
  }
  const left = room - truncatedOutput.length - stderr.length;
  return `${head(stdout, left)}${truncatedOutput}${title}${stderr}`;
}
