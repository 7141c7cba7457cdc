import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CloseEvent, DataEvent, Direction, Event, Role } from '../../src/event.ts';
import type { Summary } from '../../src/flow/summary.ts';
import { createPcapngPipeline } from '../../src/pipeline.ts';
import { GrowingOutput } from './growing-output.ts';

const START_EPOCH_NS = 1_700_000_000_000_000_000n;
const STEP_NS = 1_000_000;

const HEADER = {
  plaincapVersion: '0.1.0',
  hostname: 'test',
  kernel: 'Linux 6.1.0 x86_64',
  start: { epochNs: START_EPOCH_NS, ktimeNs: 0n },
  connectionSource: 'test',
};

export interface ScriptedConnection {
  /** `10.0.0.1:50000`, as the program sees it. */
  local?: string;
  remote?: string;
  role?: Role;
  netns?: number;
  seenOpening?: boolean;
  id?: number;
}

/**
 * A capture told event by event, each a millisecond after the one before, and written by the
 * pipeline as it is told. What it is not told otherwise is a curl that connects to port 443.
 */
export class CaptureScript {
  /** Of the next event. */
  ktimeNs = 0;
  readonly #output = new GrowingOutput();
  readonly #pipeline = createPcapngPipeline(HEADER, this.#output);
  readonly #pids = new Set<number>();
  #lastConnection = 0;
  #lastSession = 0;

  tell(event: Event): void {
    this.#pipeline.handle(event);
    this.ktimeNs += STEP_NS;
  }

  ...
}
