import type { Transcript } from "./transcript.ts";

/** What most shells' prompts end with. */
export const usualPrompt = /[$#%>] $/;

/**
 * Whether the transcript ends with a prompt that was shown after `typedAt`. It is `likely` where the shell does not
 * mark its prompts: a program may have printed what looks like one, and be about to print more.
 */
export function promptState(
  transcript: Transcript,
  { prompt, typedAt }: { readonly prompt: RegExp; readonly typedAt: number | undefined },
): "shown" | "likely" | "absent" {
  const { promptAt, enterAt = 0 } = transcript;
  if (promptAt !== undefined && promptAt >= Math.max(typedAt ?? 0, enterAt)) {
    return prompt.test(transcript.slice(promptAt)) ? "shown" : "absent";
  }
  const text = transcript.slice(typedAt ?? 0);
  const lineStart = text.lastIndexOf("\n") + 1;
  // A prompt that is only drawn again, as after a resize, stands on the line of the one before.
  if (typedAt !== undefined && lineStart === 0) return "absent";
  return prompt.test(text.slice(lineStart)) ? "likely" : "absent";
}

/** The output of one line that was typed at `typedAt`, up to the prompt at the transcript's end. */
export function outputOf(transcript: Transcript, typedAt: number, lastPrompt: string): string {
  const { promptAt = -1, enterAt = -1 } = transcript;
  const text = transcript.slice(typedAt);
  const start = enterAt >= typedAt ? enterAt - typedAt : text.indexOf("\n") + 1;
  const end =
    promptAt >= typedAt
      ? promptAt - typedAt
      : text.endsWith(lastPrompt)
        ? text.length - lastPrompt.length
        : text.lastIndexOf("\n") + 1;
  return text.slice(start, Math.max(start, end)).replace(/\n$/, "");
}

/** The prompt at the transcript's end. */
export function lastPrompt(transcript: Transcript): string {
  const { promptAt = -1, enterAt = 0, text } = transcript;
  return promptAt >= enterAt ? transcript.slice(promptAt) : text.slice(text.lastIndexOf("\n") + 1);
}
