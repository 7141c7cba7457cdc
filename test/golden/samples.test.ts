import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportRecording, printedText, tsharkText } from '../../samples/golden.ts';
import { SAMPLES } from '../../samples/samples.ts';
import { judge } from '../pcap-writer/judges.ts';
import { MemorySource } from '../recording/memory-source.ts';
import { bodyHashesOf } from './bodies.ts';
import { exchangesOf } from './exchanges.ts';
import { expertInfoOf, messagesOf, valuesOf } from './fields.ts';
import { type Item, recordAgain } from './record-again.ts';

const FOLDER = fileURLToPath(new URL('../../samples', import.meta.url));
const KINDS = ['cbor', 'pcapng', 'tshark.txt'];
const PRINTED = 'print.txt';
const MAX_SHIPPED_BYTES = 3_000_000;

/** What the expert info says of every connection that ends. */
const OF_EVERY_END = [
  'This frame initiates the connection closing',
  'This frame undergoes the connection closing',
];

describe('the folder of samples', () => {
  const files = readdirSync(FOLDER).filter((name) =>
    [...KINDS, PRINTED].some((kind) => name.endsWith(`.${kind}`)),
  );

  it('has a recording, a golden and a text of each sample, and of nothing else', () => {
    const expected = SAMPLES.flatMap(({ name, text }) =>
      (text ? [...KINDS, PRINTED] : KINDS).map((kind) => `${name}.${kind}`),
    );
    expect(files.sort()).toEqual(expected.sort());
  });

  it('is small enough to ship', () => {
    const bytes = files.map((name) => statSync(join(FOLDER, name)).size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_SHIPPED_BYTES);
  });

  it('has a README that tells of every sample', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const { name } of SAMPLES) expect(readme).toContain(`| \`${name}\``);
  });
});

describe.each(SAMPLES)('$name', (sample) => {
  const { name, expected } = sample;
  const path = join(FOLDER, `${name}.pcapng`);
  const recording = readFileSync(join(FOLDER, `${name}.cbor`));

  it('is exported to its golden, byte for byte, every time', async () => {
    const golden = readFileSync(path);
    for (const pieceLength of [Number.POSITIVE_INFINITY, 1000]) {
      const { pcapng, end } = await exportRecording(new MemorySource(recording, pieceLength));
      expect(end).toEqual({ kind: 'whole' });
      // Of a difference, npm run samples -- --golden and git diff show more than vitest would.
      expect(pcapng.equals(golden), `${name}.pcapng is what the pipeline writes`).toBe(true);
    }
  });

  it('is to tshark what its text says', () => {
    const text = readFileSync(join(FOLDER, `${name}.tshark.txt`), 'utf8');
    expect(tsharkText(sample, path)).toBe(text);
  });

  if (sample.text) {
    it('is shown as text as its golden has it', async () => {
      const golden = readFileSync(join(FOLDER, `${name}.print.txt`), 'utf8');
      expect(await printedText(sample)).toBe(golden);
    });
  }

  it('holds the traffic that was recorded, each connection as a stream', () => {
    const { exchanges, bodies, messages, streams, comment = 'plaincap: ' } = expected;
    expect(new Set(valuesOf(path, 'tcp.stream')).size).toBe(streams);
    const syn = 'tcp.flags.syn == 1 and tcp.flags.ack == 0';
    const comments = valuesOf(path, 'frame.comment', syn);
    expect(comments).toEqual(Array(streams).fill(expect.stringContaining(comment)));
    expect(exchangesOf(path)).toEqual(exchanges);
    if (bodies) expect(bodyHashesOf(path)).toEqual(expect.arrayContaining([...bodies]));
    if (messages) expect(messagesOf(path)).toEqual(messages);
  });

  it('has nothing in the expert info that can be avoided', () => {
    const { warnings = [], possibleWarnings = [] } = expected;
    const found = expertInfoOf(path);
    expect(found).toEqual(expect.arrayContaining([...warnings]));
    const known = [...OF_EVERY_END, ...warnings, ...possibleWarnings];
    expect(found.filter((summary) => !known.includes(summary))).toEqual([]);
  });

  it('is read by capinfos and tcpdump', () => {
    const [, packets] = /^Number of packets: *(\d+)$/m.exec(judge('capinfos', '-Mc', path)) ?? [];
    const lines = judge('tcpdump', '-nn', '-t', '-q', '-r', path).trim().split('\n');
    expect(lines).toHaveLength(Number(packets));
  });

  it('is exported up to the last whole event, wherever it is cut', async () => {
    const { again, items } = await recordAgain(recording);
    expect(recording.equals(again)).toBe(true);
    const firstItem = items[0]?.start as number;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: firstItem, max: recording.length }), async (cut) => {
        const source = new MemorySource(recording.subarray(0, cut));
        const { end, summary } = await exportRecording(source);
        const { start, payloadBytes } = items.findLast((item) => item.start <= cut) as Item;
        expect(end).toEqual(
          start === cut
            ? { kind: 'whole' }
            : { kind: 'cut-off', offset: start, bytesLeft: cut - start },
        );
        const { bytes, mirroredBytes } = summary;
        expect(bytes.read + bytes.write + mirroredBytes).toBe(payloadBytes);
      }),
      { seed: 8742, numRuns: 20 },
    );
  });
});
