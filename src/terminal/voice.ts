import { isatty, type WriteStream } from 'node:tty';
import { StatusLine } from './status-line.ts';

/** How much a person wants to hear. */
export type Loudness = 'quiet' | 'normal' | 'verbose';

const STDERR = 2;
const STATUS_INTERVAL_MS = 250;

/** All that a command says to a person while it runs: lines on stderr, and a status line there. */
export class Voice {
  readonly #loudness: Loudness;
  readonly #statusLine: StatusLine | undefined;
  #statusTimer: NodeJS.Timeout | undefined;
  #showStatus = (): void => {};

  /** @param ownsTerminal nothing else writes to the terminal, if stderr is one */
  constructor(loudness: Loudness, ownsTerminal: boolean) {
    this.#loudness = loudness;
    const hasStatus = ownsTerminal && loudness !== 'quiet' && isatty(STDERR);
    this.#statusLine = hasStatus ? new StatusLine(process.stderr as WriteStream) : undefined;
  }

  /** Something is wrong, and the command goes on. */
  warn(text: string): void {
    this.#write(text);
  }

  /** What everyone may want to know. */
  say(text: string): void {
    if (this.#loudness !== 'quiet') this.#write(text);
  }

  /** What one wants to know who asked for more. */
  detail(text: string): void {
    if (this.#loudness === 'verbose') this.#write(text);
  }

  /** Shows a text that changes, until `endStatus`. It is asked for some times a second. */
  startStatus(text: () => string): void {
    const line = this.#statusLine;
    if (line === undefined) return;
    this.#showStatus = () => line.show(text());
    this.#statusTimer = setInterval(this.#showStatus, STATUS_INTERVAL_MS).unref();
    process.stderr.on('resize', this.#showStatus);
  }

  endStatus(): void {
    clearInterval(this.#statusTimer);
    process.stderr.off('resize', this.#showStatus);
    this.#statusLine?.clear();
  }

  #write(text: string): void {
    this.#statusLine?.clear();
    console.error(`plaincap: ${text}`);
  }
}
