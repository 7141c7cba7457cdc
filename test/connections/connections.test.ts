import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../kernel/certificate.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { CASES } from './cases.ts';
import { judgeData } from './judge-data.ts';
import { judgeEnds, judgeStreams } from './judge-streams.ts';
import { type RecordedData, readData } from './recorded-data.ts';
import { readStreams } from './streams.ts';
import { type CaseResult, formatResults } from './table.ts';
import { type Truth, tokensIn } from './truth.ts';
import { TruthServer } from './truth-server.ts';
import { Workbench } from './workbench.ts';

const folder = temporaryFolder();
/** Of what is wrong, so much is shown. */
const COMPLAINTS = 8;

/** Messages of which the recording has no write. */
function unwritten(data: readonly RecordedData[], { places }: Truth): string[] {
  const writes = data.filter(({ direction }) => direction === 'write');
  const written = new Set(writes.flatMap(({ bytes }) => tokensIn(bytes)));
  return [...places.keys()].filter((token) => !written.has(token));
}

describe('what programs sent and received', () => {
  const results: CaseResult[] = [];
  let bench: Workbench;

  beforeAll(async () => {
    const certificate = makeCertificate(folder);
    bench = new Workbench(folder, certificate, await TruthServer.start(certificate));
  });

  afterAll(() => {
    bench.server.close();
    process.stdout.write(`\n${formatResults(results)}\n\n`);
  });

  it.each(CASES)('is on its connection: $name', { retry: 0 }, async (each) => {
    const { name, capture, ...told } = each;
    const truth = await capture(bench);
    expect(truth.places.size, 'messages that the programs tell of').toBeGreaterThan(0);
    const data = await readData(bench.recording);
    const file = await readStreams(bench.pcapng);
    const events = judgeData(data, truth);
    const streams = judgeStreams(file, truth);
    const ends = judgeEnds(file, truth);
    results.push({ name, events, streams, ends });

    const verdicts = [events, streams, ends];
    expect(verdicts.flatMap(({ complaints }) => complaints.slice(0, COMPLAINTS))).toEqual([]);
    expect(events.right).toBeGreaterThan(0);
    expect(streams.right).toBeGreaterThan(0);
    expect(ends.right).toBe(told.ends ?? 0);
    if (told.hasAllWrites) expect(unwritten(data, truth)).toEqual([]);
    // The truth of others is not this one's: the judges do find what is wrong.
    const swapped = truth.swapped();
    expect(judgeData(data, swapped).right).toBe(0);
    expect(judgeStreams(file, swapped).right).toBe(0);
  });
});
