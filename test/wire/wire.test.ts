import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../kernel/certificate.ts';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { Bench } from './bench.ts';
import { CASES } from './cases.ts';
import { differences } from './comparison.ts';
import { type Conversation, dissect } from './dissection.ts';

const folder = temporaryFolder();
const REQUEST = /"http\.request\.method":|"http2\.headers\.method":/;

function countRequests(conversations: readonly Conversation[]): number {
  const said = conversations.flatMap(({ client, server }) => [...client, ...server]);
  return said.filter((text) => REQUEST.test(text)).length;
}

describe('the capture says the same as the wire', () => {
  let bench: Bench;

  beforeAll(() => {
    bench = new Bench(folder, makeCertificate(folder));
  });

  it.each(CASES)('$name', async ({ requests, run }) => {
    await run(bench);
    const wire = await dissect(bench.wire, bench.keys);
    const capture = await dissect(bench.capture);
    expect(differences(wire, capture)).toEqual([]);
    expect(countRequests(wire)).toBe(requests);
    expect(countRequests(capture)).toBe(requests);
  });
});
