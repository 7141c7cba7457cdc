import { beforeAll, describe, expect, it } from 'vitest';
import { judgeData } from '../connections/judge-data.ts';
import { judgeStreams } from '../connections/judge-streams.ts';
import { readData } from '../connections/recorded-data.ts';
import { readStreams } from '../connections/streams.ts';
import { type Truth, tokensIn } from '../connections/truth.ts';
import { TruthServer } from '../connections/truth-server.ts';
import { captureTunnel } from '../connections/tunnels.ts';
import { Workbench } from '../connections/workbench.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { buildGo } from './go-build.ts';

const folder = temporaryFolder();

function isRequest(bytes: Buffer): boolean {
  return /^(GET|CONNECT) /.test(bytes.toString('latin1', 0, 8));
}

describe('tls.Conn of a Go program', () => {
  let bench: Workbench;
  let program: string;

  beforeAll(async () => {
    const certificate = makeCertificate(folder);
    bench = new Workbench(folder, certificate, await TruthServer.start(certificate));
    program = await buildGo(folder, 'conns');
    return () => bench.server.close();
  }, 240_000);

  function command(mode: string, ...words: (string | number)[]): string[] {
    return [program, mode, `${bench.server.port}`, ...words.map(String)];
  }

  /** Every message is in the file, whole and on its connection. */
  async function expectAll(truth: Truth, messages: number): Promise<void> {
    const data = await readData(bench.recording);
    const streams = await readStreams(bench.pcapng);
    const events = judgeData(data, truth);
    const files = judgeStreams(streams, truth);
    expect([...events.complaints, ...files.complaints]).toEqual([]);
    expect(events.right).toBeGreaterThan(0);
    const requests = data
      .filter(({ direction, bytes }) => direction === 'write' && isRequest(bytes))
      .flatMap(({ bytes }) => tokensIn(bytes));
    expect(requests).toHaveLength(messages);
    expect(new Set(requests).size).toBe(messages);
    const shown = new Set(streams.flatMap(({ tokens }) => [...tokens]));
    expect([...requests].filter((token) => !shown.has(token))).toEqual([]);
    // The truth of others is not this one's: the judges do find what is wrong.
    expect(judgeData(data, truth.swapped()).right).toBe(0);
  }

  it('is read whole though the stack with the buffer moves during the call', async () => {
    await expectAll(await bench.captureCommand(command('moving-stacks')), 8 * 4);
    const answers = (await readData(bench.recording)).filter(
      ({ direction }) => direction === 'read',
    );
    expect(answers.flatMap(({ bytes }) => tokensIn(bytes))).toHaveLength(8 * 4);
  });

  it('has its connection after a panic or Goexit left a call', async () => {
    await expectAll(await bench.captureCommand(command('unwound')), 8 * 4 * 3);
  });

  it('is one and the same while a call reads on after another goroutine closed it', async () => {
    await expectAll(await bench.captureCommand(command('closed-in-read')), 8);
    const data = await readData(bench.recording);
    expect(data.filter(({ direction }) => direction === 'read')).not.toEqual([]);
    expect(new Set(data.map(({ session }) => session)).size).toBe(8);
  });

  it('has the connection of the tls.Conn that carries it', async () => {
    const truth = await captureTunnel(bench, (proxyPort, seen) =>
      bench.captureCommand(command('nested', proxyPort), seen),
    );
    await expectAll(truth, 12 * 4);
  });

  it('is another one when it is at the address of one that was collected', async () => {
    await expectAll(await bench.captureCommand(command('reused')), 200);
  });

  it('has its connection if it is older than the capture, and what an open call reads', async () => {
    await expectAll(await bench.captureLate(command('old')), 32 * 3);
    const answers = (await readData(bench.recording)).filter(
      ({ direction }) => direction === 'read',
    );
    expect(answers.flatMap(({ bytes }) => tokensIn(bytes)).length).toBeGreaterThanOrEqual(32 * 3);
  });
});
