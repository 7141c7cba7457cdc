import { setTimeout as delay } from 'node:timers/promises';
import { EventOutputs, type LiveOptions } from '../../src/commands/event-outputs.ts';
import type { Event, LossCount, StatisticsEvent } from '../../src/event.ts';
import { parseDestination } from '../../src/sink/destination.ts';
import { CaptureScript, HEADER } from '../flow/capture-script.ts';

/** A request of a path, and its answer. */
export const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: example.com\r\n\r\n`;
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A capture told event by event to destinations, as one that runs; `save` is the whole of it. */
export class LiveScript extends CaptureScript {
  outputs!: EventOutputs;
  /** What was said to a person. */
  readonly said: string[] = [];
  /** How often somebody asked that the capture end, and how often a reader came. */
  readonly counts = { ends: 0, readers: 0 };
  /** What the kernel has lost so far. */
  lost: LossCount[] = [];
  #calls = 0;
  #bytes = 0;

  static async open(
    destinations: readonly string[],
    options: Partial<LiveOptions> = {},
  ): Promise<LiveScript> {
    const script = new LiveScript();
    const { counts } = script;
    script.outputs = await EventOutputs.open(
      destinations.map(parseDestination),
      HEADER,
      undefined,
      undefined,
      {
        rotation: {},
        once: false,
        totals: () => script.totals(),
        onReader: () => counts.readers++,
        endCapture: () => counts.ends++,
        voice: { say: (text) => script.said.push(text), warn: (text) => script.said.push(text) },
        ...options,
      },
    );
    return script;
  }

  override tell(event: Event): void {
    if (event.kind === 'data') {
      this.#calls++;
      this.#bytes += event.capturedLength;
    }
    this.outputs.handle(event);
    super.tell(event);
  }

  totals(): StatisticsEvent {
    const { ktimeNs, lost } = this;
    const sums = { calls: this.#calls, bytes: this.#bytes, contradictions: 0 };
    return { kind: 'statistics', ktimeNs, lost, ...sums };
  }

  /** Resolves when so many readers have come. */
  async untilReaders(readers: number): Promise<void> {
    while (this.counts.readers < readers) await delay(5);
  }

  /** Tells the totals and completes the destinations. */
  finish() {
    this.tell(this.totals());
    return this.outputs.end();
  }
}
