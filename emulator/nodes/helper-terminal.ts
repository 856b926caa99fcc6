import type { TerminalProcess } from "../agent/managed-node.ts";
import { ManagedNodeError } from "../errors.ts";
import type { TerminalSize } from "../protocol/terminal-size.ts";
import type { HelperChannel } from "./helper-channel.ts";
import { ProcessRun } from "./process-run.ts";

/** A process on a terminal that a node's helper holds. It starts behind what was written at first. */
export class HelperTerminal extends ProcessRun<HelperChannel> implements TerminalProcess {
  onOutput: (bytes: Uint8Array) => void = () => {};
  onEnd: () => void = () => {};

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.options.output.write(bytes);
    } catch (cause) {
      throw new ManagedNodeError("The terminal has ended", { cause });
    }
  }

  async resize(size: TerminalSize): Promise<void> {
    this.options.output.resize(size);
  }

  protected override begin(): void {
    this.options.output.start();
  }

  protected tellOutput(bytes: Uint8Array): void {
    this.onOutput(bytes);
  }

  protected tellEnd(): void {
    this.onEnd();
  }
}
