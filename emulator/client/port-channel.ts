/** What port forwarding needs of a data channel's client. */
export interface PortChannel {
  /** Sends bytes, in the order of the calls. Resolves when there is room for more; never rejects. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends a flag, behind all bytes for which {@link write} has resolved. */
  sendFlag(value: number): void;
}
