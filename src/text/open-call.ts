import type { DataEvent } from '../event.ts';
import type { Snaplen } from '../snaplen.ts';
import type { PayloadForm } from './payload-form.ts';
import { type TextOutput, writeText } from './text-output.ts';

/**
 * The call whose data is being shown. Its data is shown as it comes, however long the call is, and
 * stands between marks: lines that begin with five dashes and a space, as none of the data does.
 */
export class OpenCall {
  readonly #output: TextOutput;
  readonly #form: PayloadForm;
  readonly session: number;
  readonly direction: DataEvent['direction'];
  readonly #originalLength: number;
  /** Of it, what was asked for. */
  readonly #wantedLength: number;
  /** Offset within the call behind the last byte that was shown. */
  #end: number;

  /** Begins with the event's data, which `show` shows. */
  constructor(output: TextOutput, form: PayloadForm, event: DataEvent, snaplen: Snaplen) {
    this.#output = output;
    this.#form = form;
    this.session = event.session;
    this.direction = event.direction;
    this.#originalLength = event.originalLength;
    this.#wantedLength = Math.min(event.originalLength, snaplen ?? event.originalLength);
    this.#end = event.callOffset;
    form.begin(event.callOffset);
    this.#mark(event.callOffset === 0 ? 'DATA' : `DATA FROM BYTE ${event.callOffset} ON`);
  }

  get isWhole(): boolean {
    return this.#end >= this.#wantedLength;
  }

  /** Shows the event's data, and that some before it was lost. */
  show(event: DataEvent): void {
    const { payload, payloadStart, capturedLength, callOffset } = event;
    if (callOffset > this.#end) {
      this.#form.end(this.#output);
      this.#mark(`${callOffset - this.#end} BYTES LOST HERE`);
      this.#form.begin(callOffset);
    }
    this.#form.write(this.#output, payload, payloadStart, payloadStart + capturedLength);
    this.#end = callOffset + capturedLength;
  }

  /** Ends it; what is not whole may go on later. */
  end(): void {
    this.#form.end(this.#output);
    const part = `${this.#end} of ${this.#originalLength} bytes`;
    if (!this.isWhole) this.#mark(`END DATA (${part} so far)`);
    else if (this.#end < this.#originalLength) this.#mark(`END DATA (${part}: --snaplen)`);
    else this.#mark('END DATA');
    writeText(this.#output, '\n');
  }

  #mark(text: string): void {
    writeText(this.#output, `----- ${text} -----\n`);
  }
}
