import type { DataEvent } from '../event.ts';
import type { Snaplen } from '../snaplen.ts';
import { OpenCall } from './open-call.ts';
import type { PayloadForm } from './payload-form.ts';
import { type TextOutput, writeText } from './text-output.ts';
import type { WallClock } from './wall-clock.ts';

/**
 * The lines of a text in their order, and the data of calls below their lines. A line in between
 * ends the data that is shown; a new date is told before the first line that has it.
 */
export class Page {
  readonly #output: TextOutput;
  readonly #clock: WallClock;
  readonly #form: PayloadForm;
  readonly #snaplen: Snaplen;
  /** The call whose data may go on with the next event. */
  #open: OpenCall | undefined;
  #date = '';

  /** @param snaplen of the calls */
  constructor(output: TextOutput, clock: WallClock, form: PayloadForm, snaplen: Snaplen) {
    this.#output = output;
    this.#clock = clock;
    this.#form = form;
    this.#snaplen = snaplen;
  }

  /** A line of what happened then; `text` ends with a newline. */
  line(ktimeNs: number, text: string): void {
    this.end();
    const date = this.#clock.date(ktimeNs);
    if (date !== this.#date) {
      this.#date = date;
      writeText(this.#output, `-- ${date}\n`);
    }
    writeText(this.#output, text);
  }

  /** A line that is none of a call. */
  remark(ktimeNs: number, text: string): void {
    this.line(ktimeNs, `-- ${this.#clock.time(ktimeNs)} ${text}\n`);
  }

  /** Whether the data that is shown is of the same session and direction, with nothing behind it. */
  isOpenFor({ session, direction }: DataEvent): boolean {
    return this.#open?.session === session && this.#open.direction === direction;
  }

  /** The event's data, below the line of its call or behind the data that is open for it. */
  data(event: DataEvent): void {
    this.#open ??= new OpenCall(this.#output, this.#form, event, this.#snaplen);
    this.#open.show(event);
    if (this.#open.isWhole) this.end();
  }

  /** Ends the data that is shown, if any is. */
  end(): void {
    this.#open?.end();
    this.#open = undefined;
  }
}
