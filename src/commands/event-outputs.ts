import type { CaptureHeader, Event, StatisticsEvent } from '../event.ts';
import { DEFAULT_FORM, type FileForm } from '../flow/file-form.ts';
import { LiveState } from '../live-state.ts';
import type { EventOutput } from '../output/event-output.ts';
import { FifoOutput } from '../output/fifo-output.ts';
import { type LiveOutputOptions, openLiveOutput, openSteadyOutput } from '../output/open-output.ts';
import type { Destination } from '../sink/destination-name.ts';
import { addShortfalls, NO_SHORTFALL, type Shortfall } from '../summary.ts';
import { PLAIN_STYLE, type TextStyle } from '../text/text-style.ts';

/** What a capture that runs now has to do with its destinations. */
export interface LiveOptions extends Omit<LiveOutputOptions, 'soFar'> {
  readonly totals: () => StatisticsEvent;
}

/** All destinations of a command: every event goes to each of them. */
export class EventOutputs {
  readonly #outputs: readonly EventOutput[];
  /** For those that begin late; undefined if none does. */
  readonly #state: LiveState | undefined;
  #open: number;
  /** Resolves when no destination takes events any more; `end()` tells why. */
  readonly stopped: Promise<unknown>;

  private constructor(outputs: readonly EventOutput[], state?: LiveState) {
    this.#outputs = outputs;
    if (outputs.some(({ beginsLate }) => beginsLate)) this.#state = state;
    this.#open = outputs.length;
    this.stopped = Promise.all(
      outputs.map(async (output) => {
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
   * @param live of a capture that runs now. Without, all destinations get all events.
   */
  static async open(
    destinations: readonly Destination[],
    header: CaptureHeader,
    style: TextStyle = PLAIN_STYLE,
    form: FileForm = DEFAULT_FORM,
    live?: LiveOptions,
  ): Promise<EventOutputs> {
    const outputs: EventOutput[] = [];
    const state = live && new LiveState(header.snaplen);
    try {
      for (const each of destinations) {
        const format = { format: each.format, header, style, form };
        outputs.push(
          live && state
            ? await openLiveOutput(each, format, { ...live, soFar: { state, totals: live.totals } })
            : await openSteadyOutput(each, format),
        );
      }
    } catch (error) {
      await Promise.allSettled(outputs.map((output) => output.end()));
      throw error;
    }
    return new EventOutputs(outputs, state);
  }

  readonly handle = (event: Event): void => {
    for (const { handle } of this.#outputs) handle(event);
    // Last: who begins with this event is told of those before it.
    this.#state?.handle(event);
  };

  /** False when no destination takes events any more. */
  get open(): boolean {
    return this.#open > 0;
  }

  /** Resolves when every FIFO has had a reader; undefined if each has. */
  ready(): Promise<unknown> | undefined {
    const fifos = this.#outputs.filter((output) => output instanceof FifoOutput);
    const waiting = fifos.flatMap(({ ready }) => ready ?? []);
    return waiting.length === 0 ? undefined : Promise.all(waiting);
  }

  /** Resolves when no destination is behind; undefined if none is now. */
  drained(): Promise<unknown> | undefined {
    const behind = this.#outputs.flatMap((output) => output.drained() ?? []);
    return behind.length === 0 ? undefined : Promise.all(behind);
  }

  /** Sends on what is there, for those who watch a capture that is idle. */
  flush(): void {
    for (const output of this.#outputs) output.flush();
  }

  /**
   * Completes all destinations. Resolves to what they do not hold, as far as they can tell. Rejects
   * with the first error of a destination, when all of them have ended.
   */
  async end(): Promise<Shortfall> {
    const ends = await Promise.allSettled(this.#outputs.map((output) => output.end()));
    const shortfalls: Shortfall[] = [];
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      if (end.value) shortfalls.push(end.value);
    }
    // What was lost is missing from all of them; something may be left out of pcapng alone.
    const fullest = shortfalls.find(({ leftOutBytes }) => leftOutBytes > 0) ?? shortfalls[0];
    const { missedBytes, unfinishedReaders } = shortfalls.reduce(addShortfalls, NO_SHORTFALL);
    return { ...(fullest ?? NO_SHORTFALL), missedBytes, unfinishedReaders };
  }
}
