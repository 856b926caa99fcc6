import type { PortChannel } from "../../emulator/client/port-channel.ts";
import { encodeFlag } from "../../emulator/protocol/flag.ts";

/** A data channel that only remembers, flags in their place among the bytes. */
export class RecordedChannel implements PortChannel {
  readonly payloads: Buffer[] = [];
  /** What {@link write} waits for. */
  room: Promise<void> = Promise.resolve();

  write(bytes: Uint8Array): Promise<void> {
    this.payloads.push(Buffer.from(bytes));
    return this.room;
  }

  sendFlag(value: number): void {
    this.payloads.push(Buffer.from(encodeFlag(value)));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.payloads);
  }
}
