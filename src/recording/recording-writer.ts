import type { CaptureHeader, DataEvent, Event } from '../event.ts';
import { encodeDataHead } from './data-encoder.ts';
import { MAX_DATA_HEAD_BYTES } from './data-fields.ts';
import { encodeHeader } from './header.ts';
import { encodeNameItem, encodePlainItem } from './plain-item.ts';

/**
 * Where a recording's bytes go. `reserve` gives the offset in `bytes`, which it may replace, of
 * fresh ones. Each reserved run is one whole item, so an output that hands on only what it
 * reserved in full never leaves a cut-off recording behind.
 */
export interface RecordingOutput {
  readonly bytes: Uint8Array;
  reserve(length: number): number;
}

/** Appends events to a recording; its header is written at once. */
export class RecordingWriter {
  readonly #output: RecordingOutput;
  readonly #functionCodes = new Map<string, number>();
  readonly #dataHead = new Uint8Array(MAX_DATA_HEAD_BYTES);

  constructor(header: CaptureHeader, output: RecordingOutput) {
    this.#output = output;
    this.#append(encodeHeader(header));
  }

  /** Takes what it needs of the event before it returns. */
  readonly handle = (event: Event): void => {
    if (event.kind === 'data') this.#appendData(event);
    else this.#append(encodePlainItem(event));
  };

  /** The payload is copied once, from the event into the output. */
  #appendData(event: DataEvent): void {
    const functionCode = this.#functionCode(event.function);
    const headLength = encodeDataHead(this.#dataHead, event, functionCode);
    const { payload, payloadStart, capturedLength } = event;
    const offset = this.#output.reserve(headLength + capturedLength);
    const { bytes } = this.#output;
    bytes.set(this.#dataHead.subarray(0, headLength), offset);
    bytes.set(payload.subarray(payloadStart, payloadStart + capturedLength), offset + headLength);
  }

  /** The function's number in this recording; a function's first use writes its name. */
  #functionCode(name: string): number {
    let code = this.#functionCodes.get(name);
    if (code === undefined) {
      code = this.#functionCodes.size;
      this.#functionCodes.set(name, code);
      this.#append(encodeNameItem(name));
    }
    return code;
  }

  #append(item: Uint8Array): void {
    const offset = this.#output.reserve(item.length);
    this.#output.bytes.set(item, offset);
  }
}
