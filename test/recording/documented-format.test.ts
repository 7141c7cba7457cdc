import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/event.ts';
import { DATA_INTEGERS } from '../../src/recording/data-fields.ts';
import { EVENT_FIELDS } from '../../src/recording/event-fields.ts';
import { KIND_CODE } from '../../src/recording/format.ts';
import { anyEvent } from './arbitrary-event.ts';
import { HEADER, kept, record } from './recorded.ts';

const PAGE = readFileSync(new URL('../../docs/recording.md', import.meta.url), 'utf8');

/** Debian's, which sees the package python3-cbor2 whatever other Pythons there are. */
const PYTHON = '/usr/bin/python3';

test("the page's Python reads any recording", () => {
  const program = /```python\n(.*?)```/s.exec(PAGE)?.[1] as string;
  const folder = mkdtempSync(join(tmpdir(), 'plaincap-recording-'));
  try {
    const events = fc.sample(anyEvent, { numRuns: 2000, seed: 1 });
    const path = join(folder, 'events.cbor');
    writeFileSync(path, record(events).bytes);
    const output = execFileSync(PYTHON, ['-c', program, path], { encoding: 'utf8' });
    const [header, ...lines] = output.trimEnd().split('\n');
    expect(parse(header as string)).toEqual({
      format: 'plaincap recording',
      version: 1,
      ...HEADER,
      start: {
        epochNs: Number(HEADER.start.epochNs),
        ktimeNs: Number(HEADER.start.ktimeNs),
      },
    });
    expect(lines.map(parse)).toEqual(events.map(asJson));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the page lists every kind with its code and its fields in order', () => {
  const rows = Object.entries(KIND_CODE).map(([kind, code]) => {
    if (kind === 'name') return `| ${code} | a name | \`name\` |`;
    const fields =
      kind === 'data'
        ? [...DATA_INTEGERS.map(({ name }) => name), 'payload']
        : Object.keys(EVENT_FIELDS[kind as keyof typeof EVENT_FIELDS]);
    return `| ${code} | \`${kind}\` | ${fields.map((field) => `\`${field}\``).join(' ')} |`;
  });
  // The formatter aligns tables.
  expect(PAGE.replaceAll(/ +/g, ' ')).toContain(rows.join('\n'));
});

function parse(line: string): unknown {
  return JSON.parse(line);
}

/** The event as the page's program prints it. */
function asJson(event: Event): unknown {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  if (event.kind === 'data') {
    const { payloadStart, capturedLength, payload, ...fields } = kept(event) as typeof event;
    return { ...fields, payload: hex(payload) };
  }
  if (event.kind === 'connection') {
    const { localAddress, remoteAddress } = event;
    return { ...event, localAddress: hex(localAddress), remoteAddress: hex(remoteAddress) };
  }
  if (event.kind === 'statistics') {
    return { ...event, lost: event.lost.map(({ reason, calls, bytes }) => [reason, calls, bytes]) };
  }
  return event;
}
