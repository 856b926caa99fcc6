const escapeChar = "\u001b";
const bell = "\u0007";
const cancels = "\u0018\u001a";
/** Operating system commands and the other strings: they end with BEL or `ESC \`. */
const stringStarts = "]PX^_";
/** Far beyond any sequence of a real program. */
const maxParameters = 256;

type State = "text" | "escape" | "sequence" | "string" | "string-escape";

/**
 * What is left of terminal output for a reader: text, tabs and line feeds, without control sequences and control
 * characters. Sequences may be cut anywhere between two pieces.
 * @see ECMA-48, section 5
 */
export class VisibleText {
  #state: State = "text";
  #parameters = "";
  readonly #onSequence: (sequence: string, before: string) => void;

  /** Calls back with each control sequence without its `ESC [`, and the piece's text in front of it. */
  constructor(onSequence: (sequence: string, before: string) => void = () => {}) {
    this.#onSequence = onSequence;
  }

  /** The visible text of the next piece of output. */
  read(piece: string): string {
    let visible = "";
    for (const char of piece) {
      if (this.#state === "text" && isVisible(char)) visible += char;
      else this.#step(char, visible);
    }
    return visible;
  }

  #step(char: string, before: string): void {
    if (cancels.includes(char)) this.#state = "text";
    else if (this.#state === "string") this.#state = afterStringChar(char);
    else if (this.#state === "string-escape") this.#state = char === "\\" ? "text" : "string";
    else if (char === escapeChar) this.#state = "escape";
    else if (this.#state === "escape") this.#state = this.#afterEscape(char);
    else if (this.#state === "sequence") this.#inSequence(char, before);
  }

  #afterEscape(char: string): State {
    this.#parameters = "";
    if (char === "[") return "sequence";
    if (stringStarts.includes(char)) return "string";
    return isIntermediate(char) ? "escape" : "text";
  }

  #inSequence(char: string, before: string): void {
    this.#parameters += char;
    const isFinal = char >= "@" && char <= "~";
    if (!isFinal && this.#parameters.length < maxParameters) return;
    this.#state = "text";
    this.#onSequence(this.#parameters, before);
  }
}

function isVisible(char: string): boolean {
  return char === "\n" || char === "\t" || (char >= " " && char !== "\u007f");
}

function isIntermediate(char: string): boolean {
  return char >= " " && char <= "/";
}

function afterStringChar(char: string): State {
  if (char === bell) return "text";
  return char === escapeChar ? "string-escape" : "string";
}
