import { describe, expect, it } from "vitest";
import { lastPrompt, outputOf, promptState, usualPrompt } from "../../harness/prompt.ts";
import { Transcript } from "../../harness/transcript.ts";
import { bashEnter, bashPrompt } from "./fake-session.ts";

const prompt = usualPrompt;

function transcriptOf(output: string): Transcript {
  const transcript = new Transcript();
  transcript.append(output);
  return transcript;
}

describe("the prompt", () => {
  it.each([
    ["bash's first", bashPrompt, "shown"],
    ["dash's first", "$ ", "likely"],
    ["one below a greeting", "Welcome\r\n[root@web-1 ~]# ", "likely"],
    ["nothing", "", "absent"],
    ["a line of output", "price: 5$ \r\n", "absent"],
    ["bash's mark without the prompt", "\u001b[?2004h", "absent"],
  ])("is seen in %s", (_what, output, state) => {
    expect(promptState(transcriptOf(output), { prompt, typedAt: undefined })).toBe(state);
  });

  it.each([
    ["nothing but the echo", "sleep 5", "absent"],
    ["a line that bash takes", `sleep 5${bashEnter}`, "absent"],
    ["the next of bash's prompts", `true${bashEnter}${bashPrompt}`, "shown"],
    ["the next of dash's prompts", "true\r\n$ ", "likely"],
    ["the prompt drawn again after a resize", "\r\u001b[K\rsh-5.2$ ", "absent"],
    ["an interrupted line", `^C\u001b[?2004l\r\u001b[?2004h\u001b[?2004l\r\r\n${bashPrompt}`, "shown"],
    ["a shell that bash has started", `dash${bashEnter}$ `, "likely"],
  ])("is looked for behind what was typed: %s", (_what, output, state) => {
    const transcript = transcriptOf(bashPrompt);
    const typedAt = transcript.end;
    transcript.append(output);
    expect(promptState(transcript, { prompt, typedAt })).toBe(state);
  });

  it.each([
    ["bash's", bashPrompt, `cmd${bashEnter}`, bashPrompt],
    ["dash's", "$ ", "cmd\r\n", "$ "],
  ])("is no part of the output: %s", (_what, first, echo, next) => {
    for (const output of ["", "one\r\n", "one\r\ntwo\r\n", "no end of line"]) {
      const transcript = transcriptOf(first);
      const [typedAt, last] = [transcript.end, lastPrompt(transcript)];
      transcript.append(`${echo}${output}${next}`);
      expect(outputOf(transcript, typedAt, last)).toBe(output.replaceAll("\r", "").replace(/\n$/, ""));
    }
  });
});
