import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkOutput } from '../../src/sink/chunk-output.ts';
import { SlowSink } from './slow-sink.ts';

/** Reserves `length` bytes and fills them with `byte`; gives back what is spare behind them. */
function put(output: ChunkOutput, length: number, byte: number, spare = 0): void {
  const offset = output.reserve(length + spare);
  output.bytes.fill(byte, offset, offset + length);
  output.bytes.fill(0xee, offset + length, offset + length + spare);
  output.giveBack(spare);
}

type Step = { put: number; spare?: number } | 'flush' | 'turn';

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ put: fc.nat(100), spare: fc.constantFrom(0, 40) }) },
  { weight: 1, arbitrary: fc.record({ put: fc.integer({ min: 400, max: 1200 }) }) },
  fc.constantFrom<Step>('flush', 'turn'),
);

test('bytes out equal bytes in, in whole units, whatever the sizes and the pace', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps: Step[]) => {
      const sink = new SlowSink();
      const output = new ChunkOutput(sink, { chunkBytes: 500, maxWaiting: 2 });
      const expected: number[] = [];
      const unitEnds = new Set<number>();
      for (const [index, step] of steps.entries()) {
        if (step === 'flush') output.flush();
        else if (step === 'turn') await setImmediate();
        else {
          put(output, step.put, index, step.spare);
          expected.push(...Array<number>(step.put).fill(index & 0xff));
          unitEnds.add(expected.length);
        }
      }
      expect(await output.end()).toBe('complete');
      expect(sink.bytes()).toEqual(Buffer.from(expected));
      let end = 0;
      for (const chunk of sink.chunks) {
        end += chunk.length;
        expect(unitEnds).toContain(end);
      }
      expect(sink.ended).toBe(1);
    }),
  );
});

test('view and bytes are the same memory', () => {
  const output = new ChunkOutput(new SlowSink(), { chunkBytes: 8 });
  for (let i = 0; i < 3; i++) {
    const offset = output.reserve(6);
    output.view.setUint16(offset, 0x1234);
    expect(output.bytes.subarray(offset, offset + 2)).toEqual(Uint8Array.of(0x12, 0x34));
  }
});

test('a producer that waits needs a bounded number of buffers', async () => {
  const sink = new SlowSink();
  const output = new ChunkOutput(sink, { chunkBytes: 100, maxWaiting: 3 });
  for (let i = 0; i < 200; i++) {
    put(output, 60, i);
    await output.drained();
    expect(output.saturated).toBe(false);
  }
  await output.end();
  expect(sink.chunks).toHaveLength(200);
  // Those that wait at most, one that makes the output saturated, and the one that is filled.
  expect(sink.buffers.size).toBeLessThanOrEqual(5);
});

test('a producer that does not wait loses nothing', async () => {
  const sink = new SlowSink();
  const output = new ChunkOutput(sink, { chunkBytes: 100, maxWaiting: 3 });
  const saturated: boolean[] = [];
  for (let i = 0; i < 50; i++) {
    put(output, 100, i);
    saturated.push(output.saturated);
  }
  // The first chunk is full, and so handed on, when the second unit comes.
  expect(saturated.indexOf(true)).toBe(4);
  expect(saturated.lastIndexOf(false)).toBe(3);
  await output.drained();
  expect(output.saturated).toBe(false);
  await output.end();
  expect(sink.bytes()).toHaveLength(5000);
});

describe('flush', () => {
  test('gives an idle sink what is there, at once', async () => {
    const sink = new SlowSink();
    const output = new ChunkOutput(sink);
    output.flush();
    put(output, 4, 1);
    output.flush();
    for (let turns = 0; turns < 5; turns++) await setImmediate();
    expect(sink.chunks).toEqual([Uint8Array.of(1, 1, 1, 1)]);
  });

  test('collects while the sink is busy', async () => {
    const sink = new SlowSink();
    const output = new ChunkOutput(sink);
    for (let i = 1; i <= 4; i++) {
      put(output, 1, i);
      output.flush();
    }
    for (let turns = 0; turns < 10; turns++) await setImmediate();
    expect(sink.chunks).toEqual([Uint8Array.of(1), Uint8Array.of(2, 3, 4)]);
  });

  test('collects until nothing else waits', async () => {
    const sink = new SlowSink();
    const output = new ChunkOutput(sink, { chunkBytes: 2 });
    for (let i = 1; i <= 4; i++) put(output, 2, i);
    put(output, 1, 5);
    output.flush();
    while (sink.chunks.length < 2) await setImmediate();
    put(output, 1, 6);
    while (sink.chunks.length < 5) await setImmediate();
    expect(sink.chunks.at(-1)).toEqual(Uint8Array.of(5, 6));
    // And once only: what comes later waits for the next flush.
    put(output, 2, 7);
    put(output, 1, 8);
    for (let turns = 0; turns < 10; turns++) await setImmediate();
    expect(sink.chunks.at(-1)).toEqual(Uint8Array.of(7, 7));
  });
});

describe('when the sink stops', () => {
  const error = new Error('first');

  /** An output of which the sink answered the second chunk so. */
  async function stopped(answer: 'closed' | Error) {
    const sink = new SlowSink();
    sink.answers = ['written', answer];
    const output = new ChunkOutput(sink, { chunkBytes: 10, maxWaiting: 1 });
    for (let i = 0; i < 6; i++) put(output, 10, i);
    await output.drained();
    await output.stopped;
    return { sink, output };
  }

  test('by an error, end rejects with it', async () => {
    const { sink, output } = await stopped(error);
    await expect(output.end()).rejects.toBe(error);
    expect(sink.ended).toBe(1);
  });

  test('because the reader went away, end says so', async () => {
    const { sink, output } = await stopped('closed');
    expect(await output.end()).toBe('closed');
    expect(sink.ended).toBe(1);
  });

  test('further bytes are discarded and take no memory', async () => {
    const { sink, output } = await stopped(error);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100; i++) {
      put(output, 7, i);
      output.flush();
      expect(output.saturated).toBe(false);
      buffers.add(output.bytes.buffer);
    }
    await expect(output.end()).rejects.toBe(error);
    expect(sink.bytes()).toHaveLength(10);
    expect(buffers.size).toBe(1);
  });

  test('while it ends, end rejects too', async () => {
    const sink = new SlowSink();
    sink.answers = [error];
    const output = new ChunkOutput(sink);
    put(output, 1, 1);
    await expect(output.end()).rejects.toBe(error);
  });

  test('an error of the sink’s own end comes second', async () => {
    const sink = new SlowSink();
    const second = new Error('second');
    sink.end = () => Promise.reject(second);
    await expect(new ChunkOutput(sink).end()).rejects.toBe(second);

    sink.answers = [error];
    const output = new ChunkOutput(sink);
    put(output, 1, 1);
    await expect(output.end()).rejects.toBe(error);
  });
});
