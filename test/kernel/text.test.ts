import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { plaincap, plaincapWords } from './plaincap.ts';
import { Program, run, succeed } from './program.ts';

const folder = temporaryFolder();

describe('a live capture as text', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
  });

  function curl(...paths: string[]): string[] {
    const targets = paths.flatMap((path) => ['-o', '/dev/null', server.url(path)]);
    return ['curl', '-sk', '--http1.1', ...targets];
  }

  function receivedOf(marker: string) {
    return server.received.filter(({ path }) => path.startsWith(`/${marker}/`));
  }

  it('has the requests on stdout, as they were sent', async () => {
    const paths = ['/text/first', '/text/second', '/text/missing'];
    const { code, stdout, stderr } = await plaincap([
      ...['capture', '-w', 'text:-', '--latency', '--'],
      ...curl(...paths),
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^plaincap: \d+ events, 1 connection, \d+ bytes; 0 bytes lost\n$/);
    const received = receivedOf('text');
    expect(received.map(({ path }) => path)).toEqual(paths);

    const text = stdout.toString();
    const call =
      /^(\S+) +\d\d:\d\d:\d\d\.\d{6} +curl +\d+ +\d+ +(\d+) +\d+\.\d{3} +(.*)\n----- DATA -----\n(GET .*)\n/gm;
    const port = `127.0.0.1:${server.port}`;
    expect(
      [...text.matchAll(call)].map(([, name, , flow, request]) => [name, flow, request]),
    ).toEqual(
      received.map(({ client, path }) => [
        'SSL_write',
        `${client} > ${port}`,
        `GET ${path} HTTP/1.1`,
      ]),
    );
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toHaveLength(paths.length);
    for (const { client } of received) expect(text).toContain(` ${port} > ${client}\n`);
  });

  it('has each byte in JSON, beside a recording that prints the same', async () => {
    const [json, recording] = ['live.json', 'live.cbor'].map((name) => join(folder, name)) as [
      string,
      string,
    ];
    // What curl received, headers, chunks and all.
    const answer = join(folder, 'answer');
    const url = server.url('/json/large?bytes=300000');
    const curl = ['curl', '-sk', '--http1.1', '--include', '--raw', '-o', answer, url];
    const destinations = ['-w', `text:${json}`, '-w', recording, '--json'];
    expect((await plaincap(['capture', ...destinations, '--', ...curl])).code).toBe(0);
    expect(statSync(json).mode & 0o777).toBe(0o600);

    const lines = readFileSync(json, 'utf8').trimEnd().split('\n');
    const read = lines
      .map((line) => JSON.parse(line))
      .filter(({ kind, direction }) => kind === 'data' && direction === 'read')
      .map(({ data }) => Buffer.from(data, 'base64'));
    expect(readFileSync(answer).length).toBeGreaterThan(300_000);
    expect(Buffer.concat(read).equals(readFileSync(answer))).toBe(true);

    const printed = await plaincap(['print', recording, '--json']);
    expect(printed.stdout.toString()).toBe(readFileSync(json, 'utf8'));
  });

  it('is there while the capture goes on', async () => {
    const command = ['sh', '-c', `${curl('/live/now').join(' ')}; exec sleep 30`];
    const capture = new Program(
      ...wordsOf(plaincapWords('capture', '-w', 'text:-', '--', ...command)),
    );
    await capture.prints('GET /live/now HTTP/1.1\n');
    await capture.prints('----- END DATA -----\n');
    capture.killAll();
  });

  it('ends quietly when its reader leaves, with the exit code of the command', async () => {
    const command = ['sh', '-c', `${curl('/left/x?bytes=300000').join(' ')}; exit 3`];
    const words = plaincapWords('capture', '-w', 'text:-', '--', ...command);
    const script = '{ "$@"; echo "code $?" >&2; } | head -n 1';
    const { stdout, stderr } = await run('sh', ['-c', script, 'sh', ...words]);
    expect(stdout.toString()).toMatch(/^FUNC .*CONNECTION\n$/);
    expect(stderr).toBe('code 3\n');
  });

  it('leaves what the command prints to stderr', async () => {
    const { stdout, stderr } = await plaincap(['capture', '-w', 'text:-', '--', 'echo', 'heard']);
    expect(stdout.toString()).not.toContain('heard');
    expect(stderr).toMatch(/^heard\nplaincap/);
  });

  it('lets no byte of a request at a terminal raw', async () => {
    const header = join(folder, 'header');
    writeFileSync(header, 'X-Evil: \x1b[31m\u009b31m\u202e');
    const target = ['-H', `@${header}`, server.url('/evil/x')];
    const words = plaincapWords(
      'capture',
      '-w',
      'text:-',
      '--',
      'curl',
      '-sk',
      '--http1.1',
      ...target,
    );
    const typescript = join(folder, 'typescript');
    writeFileSync(join(folder, 'run.sh'), `exec ${words.map((word) => `'${word}'`).join(' ')}\n`);
    const command = `sh ${join(folder, 'run.sh')}`;
    await succeed('script', ['--quiet', '--return', '--command', command, typescript]);
    const shown = readFileSync(typescript, 'utf8');
    expect(shown).toContain('X-Evil: \\x1b[31m\\xc2\\x9b31m\\xe2\\x80\\xae');
    expect(shown.match(/[\p{Cc}\p{Cf}]/gu)?.filter((each) => !'\r\n\t'.includes(each))).toEqual([]);
  });
});

describe('a full disk', () => {
  const disk = join(folder, 'disk');
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1048576', 'none', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
  });

  it('ends a text after a whole line, with one line that says so', async () => {
    const file = join(disk, 'full.txt');
    const url = server.url('/full/[1-40]?bytes=100000');
    const { code, stderr } = await plaincap([
      ...['capture', '-w', `text:${file}`, '--hexdump', '--'],
      ...['curl', '-sk', '--http1.1', url],
    ]);
    const { size } = statSync(file);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `plaincap: ${file}: no space left on device (ENOSPC); its first ${size} bytes are readable\n`,
    });
    expect(size).toBeGreaterThan(500_000);
    expect(readFileSync(file, 'utf8').at(-1)).toBe('\n');
    expect(server.received).toHaveLength(40);
  });
});

function wordsOf([command, ...args]: [string, ...string[]]): [string, string[]] {
  return [command, args];
}
