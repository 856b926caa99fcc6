import type { Decision } from "../emulator/access/decision.ts";
import type { DataChannelClient } from "../emulator/client/data-channel-client.ts";
import type { SessionView } from "./session-view.ts";

/** Where a session's bytes go and come from. */
export type TerminalChannel = Pick<
  DataChannelClient,
  "ended" | "write" | "resize" | "disconnect" | "reconnect" | "close"
>;

/** What a channel reports. */
export interface ChannelEvents {
  readonly onOutput: (bytes: Uint8Array) => Promise<void>;
  readonly onStdErr: (bytes: Uint8Array) => Promise<void>;
  readonly onExitCode: (code: number) => void;
  readonly onSession: (session: { readonly sessionType: string }) => void;
}

/** What the emulator knows and does about one session. */
export interface SessionDesk {
  /** Undefined after a reset. */
  view(): Promise<SessionView | undefined>;
  /** The texts of its log so far. */
  logLines(): Promise<readonly string[]>;
  terminate(): Promise<void>;
}

/** How a {@link TerminalSession} came about. */
export type SessionStart =
  | {
      readonly type: "started";
      readonly sessionId: string;
      readonly desk: SessionDesk;
      readonly connect: (events: ChannelEvents) => TerminalChannel;
    }
  | {
      readonly type: "refused";
      readonly code: string;
      readonly message: string;
      readonly decision: Decision | undefined;
    };
