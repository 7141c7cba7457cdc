import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Sink, WriteOutcome } from '../../src/sink/sink.ts';

/** Keeps what it gets, turns of the event loop later, and checks what a Sink may rely on. */
export class SlowSink implements Sink {
  readonly chunks: Uint8Array[] = [];
  readonly buffers = new Set<ArrayBufferLike>();
  ended = 0;
  /** Answers for the writes to come; `written` when there is none. */
  answers: (WriteOutcome | Error)[] = [];
  #writing = false;
  #over = false;

  async write(chunk: Uint8Array): Promise<WriteOutcome> {
    expect(this.#writing, 'one write at a time').toBe(false);
    expect(this.#over, 'no write after the last').toBe(false);
    expect(chunk.length).toBeGreaterThan(0);
    this.#writing = true;
    this.buffers.add(chunk.buffer);
    const before = chunk.slice();
    for (let turns = chunk.length % 4; turns >= 0; turns--) await setImmediate();
    expect(chunk, 'a chunk changed while it was written').toEqual(before);
    this.#writing = false;

    const answer = this.answers.shift() ?? 'written';
    this.#over = answer !== 'written';
    if (answer instanceof Error) throw answer;
    if (answer === 'written') this.chunks.push(before);
    return answer;
  }

  async end(): Promise<void> {
    expect(this.#writing).toBe(false);
    this.ended++;
  }

  /** All bytes in order. */
  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}
