/** One client's end of a data channel: whatever carries frames to it. */
export interface ClientConnection {
  send(frame: Uint8Array): void;
  /** Drops the client. */
  close(): void;
  /** Breaks the connection off as a network does: what is on its way is lost. */
  cut(): void;
  /** Ends it over what {@link AttachedClient.receive} threw when whoever brought the frame is no longer there to catch it. */
  fail(error: unknown): void;
}

/** What becomes of a client's frames once its token was taken. */
export interface AttachedClient {
  /** @throws ProtocolError for a frame that breaks the rules */
  receive(frame: Uint8Array): void;
  /** The connection is gone. */
  lost(): void;
}

/** Lets clients into data channels. */
export interface DataChannels {
  /** Attaches a client that presents this token, or gives the closing frame with which to refuse it. */
  attach(request: {
    readonly sessionId: string;
    readonly tokenValue: string;
    readonly connection: ClientConnection;
  }): AttachedClient | { readonly refusal: Uint8Array };
}
