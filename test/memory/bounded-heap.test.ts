import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createPcapngPipeline } from '../../src/pipeline.ts';
import { HEADER } from '../recording/recorded.ts';
import { generatedConnections } from './generated-connections.ts';

const LIMITS = { openFlows: 100, sessions: 100, idleConnections: 100, processes: 100 };
const SETTLED = 2000;
const CONNECTIONS = 12_000;
/** What is remembered of a connection takes 1 KiB and more; of an interface 100 bytes remain. */
const MOST_BYTES_EACH = 300;

/** An output that forgets what is written. */
class Nowhere {
  readonly bytes = new Uint8Array(100_000);
  readonly view = new DataView(this.bytes.buffer);

  reserve(): number {
    return 0;
  }
}

function liveHeapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

test.each([
  ['that never end', 1],
  ['of which some never end', 10],
])('connections %s, each of another process, leave next to nothing', (_, endlessEach) => {
  const pipeline = createPcapngPipeline(HEADER, new Nowhere(), { limits: LIMITS });
  let settledBytes = 0;
  const options = { connections: CONNECTIONS, processes: CONNECTIONS, endlessEach };
  for (const event of generatedConnections(options)) {
    if (event.kind === 'connection' && event.connection === SETTLED) settledBytes = liveHeapBytes();
    pipeline.handle(event);
  }
  const grownBytes = liveHeapBytes() - settledBytes;
  expect(grownBytes).toBeLessThan((CONNECTIONS - SETTLED) * MOST_BYTES_EACH);
  expect(pipeline.end().connections).toBe(CONNECTIONS);
});
