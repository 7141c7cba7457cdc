import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.ts';
import { LiveState } from '../../src/live-state.ts';
import { createPcapngPipeline } from '../../src/pipeline.ts';
import { EventRules } from '../../src/recording/event-rules.ts';
import { SessionTable } from '../../src/text/session-table.ts';
import { HEADER } from '../recording/recorded.ts';
import { generatedConnections } from './generated-connections.ts';

const LIMITS = { openFlows: 100, sessions: 100, idleConnections: 100, processes: 100 };
const SETTLED = 2000;
const CONNECTIONS = 12_000;
/** What is remembered of a connection takes more; of an interface 100 bytes remain. */
const MOST_BYTES_EACH = 300;
/** Of a few ids in sets. */
const MOST_BYTES_OF_IDS = 20;

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

const ENDLESS = [
  ['that never end', 1],
  ['of which some never end', 10],
] as const;

/** Bytes that are left of a connection, each of another process. */
function bytesLeft(endlessEach: number, handle: (event: Event) => void): number {
  let settledBytes = 0;
  const options = { connections: CONNECTIONS, processes: CONNECTIONS, endlessEach };
  for (const event of generatedConnections(options)) {
    if (event.kind === 'connection' && event.connection === SETTLED) settledBytes = liveHeapBytes();
    handle(event);
  }
  return (liveHeapBytes() - settledBytes) / (CONNECTIONS - SETTLED);
}

describe.each(ENDLESS)('connections %s leave next to nothing', (_, endlessEach) => {
  test('in a pcapng file', () => {
    const pipeline = createPcapngPipeline(HEADER, new Nowhere(), { limits: LIMITS });
    expect(bytesLeft(endlessEach, pipeline.handle)).toBeLessThan(MOST_BYTES_EACH);
    expect(pipeline.end().connections).toBe(CONNECTIONS);
  });

  test('for readers that come later', () => {
    const state = new LiveState(undefined, LIMITS);
    expect(bytesLeft(endlessEach, state.handle)).toBeLessThan(MOST_BYTES_OF_IDS);
    const told: Event[] = [];
    state.tell((event) => told.push(event));
    expect(told.length).toBeLessThanOrEqual(5 * LIMITS.sessions);
  });

  test('in a text', () => {
    const table = new SessionTable(undefined, LIMITS);
    const show = (event: Event) => {
      table.tell(event);
      if (event.kind === 'data') table.advance(event);
      table.forget(event);
    };
    expect(bytesLeft(endlessEach, show)).toBeLessThan(MOST_BYTES_OF_IDS);
  });

  test('for who reads a recording', () => {
    const rules = new EventRules(HEADER, LIMITS);
    const left = bytesLeft(endlessEach, (event) => rules.require(event));
    expect(left).toBeLessThan(MOST_BYTES_OF_IDS);
  });
});
