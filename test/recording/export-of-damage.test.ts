import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPcapngPipeline } from '../../src/pipeline.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';
import { anyEvents } from './arbitrary-event.ts';
import { MemorySource } from './memory-source.ts';
import { record } from './recorded.ts';
import { SAMPLE_EVENTS } from './sample-events.ts';

/** An output that forgets what is written. */
class Nowhere {
  bytes = new Uint8Array(1_000_000);
  view = new DataView(this.bytes.buffer);

  reserve(length: number): number {
    if (length > this.bytes.length) {
      this.bytes = new Uint8Array(length);
      this.view = new DataView(this.bytes.buffer);
    }
    return 0;
  }
}

async function exportTo(output: Nowhere, recording: Uint8Array): Promise<void> {
  const reader = await RecordingReader.open(new MemorySource(recording));
  const pipeline = createPcapngPipeline(reader.header, output);
  while (await reader.deliver(pipeline.handle));
  pipeline.end();
}

test('whatever the reader lets through, the pipeline can write', async () => {
  const { bytes } = record(SAMPLE_EVENTS);
  const flip = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 3 }), async (flips) => {
      const flipped = Uint8Array.from(bytes);
      for (const [at, mask] of flips) flipped[at] = (flipped[at] as number) ^ mask;
      await exportTo(new Nowhere(), flipped).catch((error) => {
        expect(error).toBeInstanceOf(RecordingError);
      });
    }),
    { numRuns: 3000 },
  );
});

test('any events that event.ts allows can be written', async () => {
  await fc.assert(
    fc.asyncProperty(anyEvents, (events) => exportTo(new Nowhere(), record(events).bytes)),
    { numRuns: 2000 },
  );
});
