import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { judge } from '../pcap-writer/judges.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();
const capture = join(folder, 'curl.pcapng');

describe('a captured file', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
    const url = server.url('/?bytes=100000');
    await captureCommand([capture], ['curl', '-sk', '--http1.1', '-o', '/dev/null', url]);
  });

  it('is what capinfos expects', async () => {
    const facts = judge('capinfos', capture);
    const packets = await readFields(capture, 'frame', ['frame.number']);
    expect(packets.length).toBeGreaterThan(10);
    expect(facts).toMatch(new RegExp(`^Number of packets: +${packets.length}$`, 'm'));
    expect(facts).toMatch(/^Strict time order: +True$/m);
    expect(facts).toMatch(/^Capture application: +plaincap \d/m);
    expect(facts).toMatch(/^ +Name = curl \(\d+\)$/m);
  });

  it('is what tcpdump expects, with correct checksums', async () => {
    const lines = judge('tcpdump', '-nvv', '-r', capture).split('\n');
    const segments = lines.filter((line) => line.includes('Flags ['));
    const port = server.received[0]?.client.split(':').at(-1);
    expect(segments.length).toBe((await readFields(capture, 'tcp', ['frame.number'])).length);
    expect(segments[0]).toContain(`127.0.0.1.${port} > 127.0.0.1.`);
    expect(segments[0]).toContain('Flags [S]');
    for (const segment of segments) expect(segment).toMatch(/cksum 0x[0-9a-f]{4} \(correct\)/);
  });
});
