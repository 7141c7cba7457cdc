import type { WriteStream } from 'node:tty';

/** ECMA-48: erase in line, from the cursor to the end. */
const ERASE_TO_END = '\x1b[K';

/** A line at the bottom of a terminal that is written again and again in its place. */
export class StatusLine {
  readonly #terminal: WriteStream;
  /** Nothing if the line is empty, with the cursor at its start. */
  #shown = '';

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  /**
   * Shows as much of the text as the line has room for: a longer one would be wrapped, and not be
   * there in one line to be erased.
   *
   * @param text printable ASCII, so that a character takes a column
   */
  show(text: string): void {
    const fitting = text.slice(0, this.#terminal.columns - 1);
    if (fitting === this.#shown) return;
    this.#terminal.write(`\r${fitting}${ERASE_TO_END}`);
    this.#shown = fitting;
  }

  /** Makes the line empty, for others to write there. */
  clear(): void {
    if (this.#shown === '') return;
    this.#terminal.write(`\r${ERASE_TO_END}`);
    this.#shown = '';
  }
}
