import type {
  PipedProcess,
  PipedProcessOptions,
  ProcessOptions,
  SocketAddress,
  TerminalProcess,
} from "../agent/managed-node.ts";

/** How processes and connections come to be on a node. @throws ManagedNodeError, all that is asynchronous */
export interface NodeProcesses {
  openTerminal(options: ProcessOptions, session: MarkedSession): Promise<TerminalProcess>;
  openProcess(options: PipedProcessOptions, session: MarkedSession): Promise<PipedProcess>;
  /** Resolves when it is connected; it is paused at first. */
  connect(destination: SocketAddress, sink: ConnectionSink): Promise<Connection>;
  /** @see ManagedNode.resolveHost */
  resolveHost(host: string): Promise<readonly string[]>;
}

/** What belongs together on a node: everything that a process started. */
export interface MarkedSession {
  /** @see SessionMarks */
  readonly mark: string;
  /** Ends all that carries the mark, the leader first, once. @throws ManagedNodeError */
  end(leader: number): Promise<void>;
  /** Sends a signal to the leader, if it still is that. @throws ManagedNodeError */
  signal(leader: number, name: string): Promise<void>;
}

/** What a connection gives; nothing comes after {@link Connection.destroy}. */
export interface ConnectionSink {
  onData(bytes: Uint8Array): void;
  /** The other side sends no more. */
  onEnd(): void;
  /** The connection is broken. */
  onError(error: Error): void;
}

/** An open TCP connection of a node. */
export interface Connection {
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends no more; resolves when all that was written has left. */
  finish(): Promise<void>;
  pause(): void;
  resume(): void;
  destroy(): void;
}
