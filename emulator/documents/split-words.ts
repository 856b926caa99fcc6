const spaces = " \t\r\n";

/**
 * Splits a command into words as the agent does for what no shell reads: quotes and backslashes have effect, `#` at the
 * beginning of a word starts a comment, and nothing is expanded.
 * @returns the words, or the agent's words for what is wrong
 * @see github.com/google/shlex, Split, as vendored by amazon-ssm-agent
 */
export function splitWords(text: string): readonly string[] | { readonly problem: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  const runes = [...text];
  for (let index = 0; index < runes.length; index += 1) {
    const rune = runes[index] ?? "";
    if (rune === "\\" && quote !== "'") {
      index += 1;
      if (index === runes.length) return { problem: "EOF found after escape character" };
      word = (word ?? "") + runes[index];
    } else if (quote !== "") {
      if (rune === quote) quote = "";
      else word += rune;
    } else if (rune === '"' || rune === "'") {
      quote = rune;
      word ??= "";
    } else if (spaces.includes(rune)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (rune === "#" && word === undefined) {
      const end = runes.indexOf("\n", index);
      index = end === -1 ? runes.length : end;
    } else word = (word ?? "") + rune;
  }
  if (quote !== "") return { problem: "EOF found when expecting closing quote" };
  return word === undefined ? words : [...words, word];
}
