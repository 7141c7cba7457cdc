/** ECMA-48: erase in line, from the cursor to the end. */
export const ERASE_TO_END = '\x1b[K';

/** What a terminal's screen shows of what was written to it: as much of ECMA-48 as we write. */
export class Screen {
  readonly #columns: number;
  readonly #rows: string[] = [''];
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** The rows that were written to, from the top, without spaces at their ends. */
  static show(text: string, columns: number): string[] {
    const screen = new Screen(columns);
    for (const [index, part] of text.split(ERASE_TO_END).entries()) {
      if (index > 0) screen.#erase();
      for (const character of part) screen.#write(character);
    }
    return screen.#rows.map((row) => row.trimEnd());
  }

  get #row(): string {
    return this.#rows.at(-1) as string;
  }

  set #row(row: string) {
    this.#rows[this.#rows.length - 1] = row;
  }

  #erase(): void {
    this.#row = this.#row.slice(0, this.#column);
  }

  #write(character: string): void {
    if (character === '\r') {
      this.#column = 0;
    } else if (character === '\n') {
      this.#rows.push(' '.repeat(this.#column));
    } else {
      if (this.#column === this.#columns) {
        this.#rows.push('');
        this.#column = 0;
      }
      const [before, after] = [this.#row.slice(0, this.#column), this.#row.slice(this.#column + 1)];
      this.#row = `${before}${character}${after}`;
      this.#column++;
    }
  }
}
