import type { Event } from '../event.ts';
import { ChunkOutput } from '../sink/chunk-output.ts';
import { DeferredSink } from '../sink/deferred-sink.ts';
import { openFile } from '../sink/open-file.ts';
import { type Rotation, rotatedName } from '../sink/rotation.ts';
import type { Sink } from '../sink/sink.ts';
import { addShortfalls, NO_SHORTFALL, type Shortfall } from '../summary.ts';
import type { EventOutput } from './event-output.ts';
import { BOUNDARIES, type EventFormat } from './event-writer.ts';
import { type CaptureSoFar, PartWriter } from './part-writer.ts';
import { MAX_WAITING_FOR_DISK, SteadyOutput } from './steady-output.ts';

export interface RotatingFiles {
  /** What `-w` says: the name of the first, and what the others' are made of. */
  readonly template: string;
  readonly rotation: Rotation;
  readonly format: EventFormat;
  readonly soFar: CaptureSoFar;
  /** Called when there are as many files as there may be. */
  readonly endCapture: () => void;
}

/** Files, one after another, each of which holds a part of the capture. */
export class RotatingOutput implements EventOutput {
  readonly stopped: Promise<void>;
  readonly beginsLate = true;
  readonly #files: RotatingFiles;
  readonly #timer: NodeJS.Timeout | undefined;
  #file: SteadyOutput;
  /** Of the file in its period. */
  #number = 0;
  #periods = 1;
  #periodStart: Date;
  /** Resolves when the file before this one is complete. */
  #opening: Promise<void> | undefined;
  #shortfall = NO_SHORTFALL;
  #onStop: () => void = () => {};

  private constructor(files: RotatingFiles, first: Sink, periodStart: Date) {
    this.#files = files;
    this.#periodStart = periodStart;
    this.stopped = new Promise((resolve) => {
      this.#onStop = resolve;
    });
    this.#file = this.#begin(first);
    const { seconds } = files.rotation;
    if (seconds) this.#timer = setInterval(() => this.#nextPeriod(), seconds * 1000);
  }

  /** Opens the first file. Rejects with a DestinationError. */
  static async open(files: RotatingFiles): Promise<RotatingOutput> {
    const now = new Date();
    const name = rotatedName(files.template, files.rotation, 0, now);
    const first = await openFile(name, BOUNDARIES[files.format.format]);
    return new RotatingOutput(files, first, now);
  }

  readonly handle = (event: Event): void => {
    const { maxBytes } = this.#files.rotation;
    if (maxBytes !== undefined && event.kind === 'data' && this.#file.length > maxBytes) {
      this.#nextFile(this.#number + 1);
    }
    this.#file.handle(event);
  };

  flush(): void {
    this.#file.flush();
  }

  async drained(): Promise<void> {
    await this.#opening;
    await this.#file.drained();
  }

  async end(): Promise<Shortfall> {
    clearInterval(this.#timer);
    return addShortfalls(this.#shortfall, await this.#file.end());
  }

  #nextPeriod(): void {
    const { maxBytes, files } = this.#files.rotation;
    if (maxBytes === undefined && this.#periods === files) {
      clearInterval(this.#timer);
      this.#files.endCapture();
      return;
    }
    this.#periods++;
    this.#periodStart = new Date();
    this.#nextFile(0);
  }

  #nextFile(number: number): void {
    const { template, rotation, format, soFar } = this.#files;
    // With -W, the first is overwritten after the last.
    this.#number = number === rotation.files ? 0 : number;
    const name = rotatedName(template, rotation, this.#number, this.#periodStart);
    this.#file.handle(soFar.totals());
    // Should that fail, the next file is what tells of it.
    const next = this.#file.end().then((shortfall) => {
      this.#shortfall = addShortfalls(this.#shortfall, shortfall);
      return openFile(name, BOUNDARIES[format.format]);
    });
    this.#file = this.#begin(new DeferredSink(next));
    this.#opening = next.then(
      () => {},
      () => {},
    );
  }

  #begin(sink: Sink): SteadyOutput {
    const { format, soFar } = this.#files;
    const output = new ChunkOutput(sink, { maxWaiting: MAX_WAITING_FOR_DISK });
    output.stopped.then(this.#onStop);
    return new SteadyOutput(new PartWriter(format, output, soFar), output);
  }
}
