import type { OutputKind, SessionPluginHost } from "../../emulator/agent/session-plugin.ts";

/** A session to which nothing of its plugin matters. */
export const idleHost: SessionPluginHost = {
  output: () => undefined,
  flag: () => {},
  ended: () => {},
  onError: () => {},
};

/** A session that writes down what its plugin does to it. */
export class RecordingHost implements SessionPluginHost {
  /** `KIND TEXT`, `flag N`, `ended`, `ended: FAILURE`. */
  readonly calls: string[] = [];
  readonly errors: unknown[] = [];
  /** Until it resolves, the client takes no more. */
  room: Promise<void> | undefined;

  output(bytes: Uint8Array, kind: OutputKind = "output"): Promise<void> | undefined {
    this.calls.push(`${kind} ${Buffer.from(bytes).toString()}`);
    return this.room;
  }

  flag(value: number): void {
    this.calls.push(`flag ${value}`);
  }

  ended(failure?: string): void {
    this.calls.push(failure === undefined ? "ended" : `ended: ${failure}`);
  }

  onError(error: unknown): void {
    this.errors.push(error);
  }
}
