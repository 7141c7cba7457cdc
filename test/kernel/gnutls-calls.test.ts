import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { compile } from './c-program.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand, plaincap } from './plaincap.ts';
import { readCalls, readEvents } from './recorded-calls.ts';
import { sha256 } from './sha256.ts';
import { exportHttpObjects, NO_RESETS, readComplaints, readFields } from './tshark.ts';

const folder = temporaryFolder();
const BODY_BYTES = 1_000_003;

/** Each way to send, with the function that the program calls and whether it waits for room. */
const WAYS = [
  { way: 'send', call: 'gnutls_record_send', waits: false },
  { way: 'send2', call: 'gnutls_record_send2', waits: false },
  { way: 'range', call: 'gnutls_record_send_range', waits: false },
  { way: 'cork', call: 'gnutls_record_send', waits: false },
  { way: 'uncork-piecemeal', call: 'gnutls_record_send', waits: true },
  { way: 'resume-same', call: 'gnutls_record_send', waits: true },
  { way: 'resume-empty', call: 'gnutls_record_send', waits: true },
  { way: 'resume-short', call: 'gnutls_record_send', waits: true },
  { way: 'file', call: 'gnutls_record_send', waits: false },
  { way: 'file-piecemeal', call: 'gnutls_record_send', waits: true },
  { way: 'pointer', call: 'gnutls_record_send', waits: false },
  { way: 'push', call: 'gnutls_record_send', waits: false },
];

describe('a program that calls GnuTLS', () => {
  let program: string;
  let server: NodeServer;

  beforeAll(async () => {
    program = compile('gnutls-calls', folder, ['-lgnutls']);
    server = await NodeServer.start(makeCertificate(folder));
  });
  beforeEach(() => {
    server.received.length = 0;
  });

  it.each(WAYS)('has each byte once, sent by: $way', async ({ way, call, waits }) => {
    const capture = join(folder, `${way}.pcapng`);
    const recording = join(folder, `${way}.cbor`);
    const command = [program, `${server.port}`, way, `${BODY_BYTES}`];
    const printed = await captureCommand([capture, recording], command);
    // Else the way was not taken.
    expect(Number(/again (\d+)/.exec(printed)?.[1]) > 0).toBe(waits);

    const exchanges = await readHttp1Exchanges(capture);
    const path = `/${way}?bytes=30000`;
    expect(exchanges).toMatchObject([
      { client: server.received[0]?.client, method: 'POST', uri: `https://localhost${path}` },
    ]);
    const bodies = [...(await exportHttpObjects(capture)).values()];
    const truth = server.received.map(({ bodySha256 }) => bodySha256);
    expect(truth).toHaveLength(1);
    expect(bodies.filter(({ length }) => length === BODY_BYTES).map(sha256)).toEqual(truth);
    expect(bodies.filter(({ length }) => length === 30_000)).toEqual([bodyOf(path)]);
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);

    const evidence: string[] = [];
    await readEvents(recording, (event) => {
      if (event.kind === 'session') evidence.push(event.evidence);
    });
    expect(evidence).toEqual([way === 'push' ? 'nested' : 'set-fd']);

    const calls = await readCalls(recording);
    const [head, ...rest] = calls.filter(({ direction }) => direction === 'write');
    expect(head?.function).toBe('gnutls_record_send');
    expect([...new Set(rest.map((each) => each.function))]).toEqual([call]);
    const reads = calls.filter(({ direction }) => direction === 'read');
    expect([...new Set(reads.map((each) => each.function))]).toEqual(['gnutls_record_recv_seq']);
    // A send that is told before the library says how short it makes its records tells too much.
    if (way === 'resume-short') return;
    expect(rest.reduce((sum, { length }) => sum + length, 0)).toBe(BODY_BYTES);
  });

  it('is told what it reads as packets, which stay in memory of the library', async () => {
    const capture = join(folder, 'packet.pcapng');
    const command = [program, `${server.port}`, 'packet', '100'];
    const { code, stderr } = await plaincap(['capture', '-w', capture, '--', ...command]);
    expect(code).toBe(0);
    const [, lost, reason] = / (\d+) bytes lost \((.*)\)\n$/.exec(stderr) ?? [];
    expect(Number(lost)).toBeGreaterThan(30_000);
    expect(reason).toMatch(new RegExp(`^gnutls-packet: ${lost} bytes of \\d+ calls$`));
    const rows = await readFields(capture, 'frame.comment contains "lost"', ['frame.comment']);
    const told = rows.map(
      (row) => /(\d+) bytes lost here/.exec(row['frame.comment'][0] ?? '')?.[1],
    );
    expect(told).toEqual([lost]);
    const bodies = [...(await exportHttpObjects(capture)).values()].map(sha256);
    expect(bodies).toContain(server.received[0]?.bodySha256);
  });
});
