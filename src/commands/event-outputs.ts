import type { CaptureHeader, Event } from '../event.ts';
import { DEFAULT_FORM, type FileForm } from '../flow/file-form.ts';
import type { Destination } from '../sink/destination-name.ts';
import type { Shortfall } from '../summary.ts';
import { PLAIN_STYLE, type TextStyle } from '../text/text-style.ts';
import { type EventOutput, openEventOutput } from './event-output.ts';

/** All destinations of a command: every event goes to each of them. */
export class EventOutputs {
  readonly #outputs: readonly EventOutput[];
  #open: number;
  /** Resolves when no destination takes events any more; `end()` tells why. */
  readonly stopped: Promise<unknown>;

  private constructor(outputs: readonly EventOutput[]) {
    this.#outputs = outputs;
    this.#open = outputs.length;
    this.stopped = Promise.all(
      outputs.map(async ({ output }) => {
        await output.stopped;
        this.#open--;
      }),
    );
  }

  /**
   * Rejects with a DestinationError; those that it opened before then hold no event.
   *
   * @param style of the texts among them
   * @param form of the pcapng files
   */
  static async open(
    destinations: readonly Destination[],
    header: CaptureHeader,
    style: TextStyle = PLAIN_STYLE,
    form: FileForm = DEFAULT_FORM,
  ): Promise<EventOutputs> {
    const outputs: EventOutput[] = [];
    try {
      for (const each of destinations) {
        outputs.push(await openEventOutput(each, header, style, form));
      }
    } catch (error) {
      await Promise.allSettled(outputs.map(({ output }) => output.end()));
      throw error;
    }
    return new EventOutputs(outputs);
  }

  readonly handle = (event: Event): void => {
    for (const { handle } of this.#outputs) handle(event);
  };

  /** False when no destination takes events any more. */
  get open(): boolean {
    return this.#open > 0;
  }

  /** Resolves when no destination is behind; undefined if none is now. */
  drained(): Promise<unknown> | undefined {
    const behind = this.#outputs.filter(({ output }) => output.saturated);
    if (behind.length === 0) return undefined;
    return Promise.all(behind.map(({ output }) => output.drained()));
  }

  /** Sends on what is there, for those who watch a capture that is idle. */
  flush(): void {
    for (const { output } of this.#outputs) output.flush();
  }

  /**
   * Completes all destinations. Resolves to what they do not hold, as far as they can tell. Rejects
   * with the first error of a destination, when all of them have ended.
   */
  async end(): Promise<Shortfall | undefined> {
    const shortfalls = this.#outputs.flatMap((each) => each.finish() ?? []);
    const ends = await Promise.allSettled(this.#outputs.map(({ output }) => output.end()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    // What was lost is missing from all of them; something may be left out of pcapng alone.
    return shortfalls.find(({ leftOutBytes }) => leftOutBytes > 0) ?? shortfalls[0];
  }
}
