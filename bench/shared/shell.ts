/** A shell to type at, whatever carries it. */
export interface Shell extends AsyncDisposable {
  /** Set by whoever looks at the output now. */
  onOutput: (text: string) => void;
  type(text: string): void;
}

/** The end of the prompt, as any shell that is not root's writes it. */
export const prompt = "$ ";
/** Empties the line, then ends the shell. */
export const leave = "\u0015exit\r";

const patienceMs = 120_000;

/**
 * Resolves with the text up to the output in which `expected` is complete.
 * @throws Error when it does not come
 */
export function shows(shell: Shell, expected: string | RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => {
      reject(new Error(`No ${expected} within ${patienceMs} ms in ${JSON.stringify(text.slice(-2000))}`));
    }, patienceMs);
    shell.onOutput = (output) => {
      text += output;
      if (typeof expected === "string" ? !text.includes(expected) : !expected.test(text)) return;
      clearTimeout(timer);
      shell.onOutput = () => {};
      resolve(text);
    };
  });
}

/** Types, and says how many milliseconds later `expected` had shown up, and with what text. */
export async function timeTyping(
  shell: Shell,
  typed: string,
  expected: string | RegExp,
): Promise<{ readonly elapsedMs: number; readonly text: string }> {
  const shown = shows(shell, expected);
  const typedAt = performance.now();
  shell.type(typed);
  const text = await shown;
  return { elapsedMs: performance.now() - typedAt, text };
}
