import { describe, expect, it } from "vitest";
import { Transcript } from "../../harness/transcript.ts";
import { bashEnter, bashPrompt } from "./fake-session.ts";

function transcriptOf(...pieces: string[]): Transcript {
  const transcript = new Transcript();
  for (const piece of pieces) transcript.append(piece);
  return transcript;
}

describe("a transcript", () => {
  it.each([
    ["text", "b"],
    ["a regular expression", /b/],
    ["a global regular expression", /b/g],
    ["a sticky regular expression", /b/y],
  ])("finds %s behind a place, again and again", (_what, wanted) => {
    const transcript = transcriptOf("abcb");
    expect(transcript.find(wanted, 0)).toEqual({ text: "b", end: 2 });
    expect(transcript.find(wanted, 2)).toEqual({ text: "b", end: 4 });
    expect(transcript.find(wanted, 4)).toBeUndefined();
  });

  it("knows where the last prompt and the last command's output begin", () => {
    const transcript = transcriptOf(bashPrompt, `whoami${bashEnter}alice\r\n${bashPrompt}`);
    const { enterAt, promptAt } = transcript;
    expect(transcript.slice(enterAt ?? 0, promptAt)).toBe("alice\n");
    expect(transcript.slice(promptAt ?? 0)).toBe("sh-5.2$ ");
  });

  it("forgets the oldest of very much output, and keeps the places", () => {
    const megabyte = "x".repeat(1_024 * 1_024);
    const transcript = transcriptOf("first", ...Array.from({ length: 9 }, () => megabyte), "last");
    expect(transcript.end).toBe(9 * megabyte.length + 9);
    expect(transcript.text.length).toBeLessThan(9 * megabyte.length);
    expect(transcript.slice(transcript.end - 4)).toBe("last");
    expect(transcript.find("last", 0)?.end).toBe(transcript.end);
  });
});
