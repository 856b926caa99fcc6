import type { SessionEnd } from "../emulator/client/data-channel-client.ts";

/** How a session stands. */
export type SessionOutcome =
  | { readonly type: "running" }
  | {
      readonly type: "refused";
      /** The service at StartSession, or the node in the terminal. */
      readonly by: "service" | "node";
      /** AWS's error code; the node has none. */
      readonly code?: string;
      /** As the client was told. */
      readonly message: string;
    }
  | { readonly type: "ended"; readonly end: SessionEnd };
