import { describe, expect, it } from "vitest";
import { splitWords } from "../../emulator/documents/split-words.ts";

describe("splitWords", () => {
  it.each([
    ["one two  three", ["one", "two", "three"]],
    [' \tspaces\n"around it"\r ', ["spaces", "around it"]],
    [`sh -c "echo one; exit 7"`, ["sh", "-c", "echo one; exit 7"]],
    [`a'b c'"d e"`, ["ab cd e"]],
    [`"" ''`, ["", ""]],
    [`"a\\"b\\c" 'd\\e'`, ['a"bc', "d\\e"]],
    [`a\\ b`, ["a b"]],
    ["echo $HOME && ls | wc", ["echo", "$HOME", "&&", "ls", "|", "wc"]],
    ["a # a comment\nb c#d", ["a", "b", "c#d"]],
    ["# nothing", []],
    ["grün 🙂", ["grün", "🙂"]],
  ])("splits %j", (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it.each([
    ["a \\", "EOF found after escape character"],
    ['"a \\', "EOF found after escape character"],
    ['say "hi', "EOF found when expecting closing quote"],
    ["say 'hi", "EOF found when expecting closing quote"],
  ])("refuses %j", (text, problem) => {
    expect(splitWords(text)).toEqual({ problem });
  });
});
