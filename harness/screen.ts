import xterm from "@xterm/headless";
import type { TerminalSize } from "../emulator/protocol/terminal-size.ts";

/** What a terminal shows at one moment. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** One text a row, without the blanks at its end. */
  readonly lines: readonly string[];
  /** The rows as one text, without empty ones at the end. */
  readonly text: string;
  /** Counted from 0. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** A terminal without a window: it interprets what programs print, as a person's terminal does. */
export class ScreenTerminal {
  readonly #terminal: xterm.Terminal;

  /** `onReply`: what it answers to programs that ask, such as the cursor's position. */
  constructor(size: TerminalSize, onReply: (text: string) => void) {
    this.#terminal = new xterm.Terminal({
      cols: size.columns,
      rows: size.rows,
      scrollback: 0,
      allowProposedApi: true,
    });
    this.#terminal.onData(onReply);
  }

  /** Resolves when the screen shows it; writes take effect in order. */
  write(output: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(output, resolve));
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#terminal.resize(columns, rows);
  }

  read(): Screen {
    const { cols: columns, rows, buffer } = this.#terminal;
    const { active } = buffer;
    const lines = Array.from(
      { length: rows },
      (_, row) =>
        active
          .getLine(active.baseY + row)
          ?.translateToString()
          .trimEnd() ?? "",
    );
    return {
      columns,
      rows,
      lines,
      text: lines.join("\n").trimEnd(),
      cursor: { row: active.cursorY, column: active.cursorX },
    };
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}
