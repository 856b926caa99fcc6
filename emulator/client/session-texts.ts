import type { SessionEnd } from "./session-end.ts";

/** What the plugin prints before it connects. @see data-channel reference, section 2 */
export function startText(sessionId: string): string {
  return `\nStarting session with SessionId: ${sessionId}\n`;
}

/** What the plugin prints at the end. @see data-channel reference, section 13 */
export function endText(sessionId: string, end: SessionEnd): string {
  switch (end.type) {
    case "closed":
      if (end.output === "") return `\n\nExiting session with sessionId: ${sessionId}.\n\n`;
      return `\n\nSessionId: ${sessionId} : ${end.output}\n\n`;
    case "timed-out":
      return `Session: ${sessionId} timed out.\n`;
    case "failed":
      return `Cannot perform start session: ${end.message}\n`;
    case "left":
      return "";
  }
}
