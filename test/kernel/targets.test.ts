import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { buildGo } from './go-build.ts';
import { plaincap } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { buildStaticClient } from './static-client.ts';

const folder = temporaryFolder();
let libssl: string;
let staticClient: string;

beforeAll(() => {
  const paths = execFileSync('sh', ['-c', 'ls /usr/lib/*/libssl.so.3'], { encoding: 'utf8' });
  libssl = paths.split('\n')[0] as string;
  staticClient = buildStaticClient(folder);
});

interface ListedProcess {
  pid: number;
  comm: string;
  uid: number;
  user: string;
  cgroup: string;
  libraries: {
    kind: string;
    version?: string;
    reason?: string;
    files: { path: string; buildId: string; points: { function: string; offset: number }[] }[];
  }[];
}

async function list(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await plaincap(['targets', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.toString();
}

async function listProcesses(program: Program): Promise<ListedProcess[]> {
  const text = await list('--json', '--pid', `${program.pid}`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** What it lists of a program, once that has printed a line. */
async function librariesOf(program: Program): Promise<ListedProcess['libraries']> {
  await program.prints('\n');
  const [process, ...others] = await listProcesses(program);
  expect(process?.pid).toBe(program.pid);
  expect(others).toEqual([]);
  return process?.libraries ?? [];
}

const PYTHON = 'import ssl, sys; print(flush=True); sys.stdin.read()';
const startPython = (env = {}) => new Program('python3', ['-c', PYTHON], { env, typed: true });

describe('plaincap targets lists', () => {
  it('a shared OpenSSL with its version, build id, and the places that nm tells', async () => {
    const python = startPython();
    const [library, ...others] = await librariesOf(python);
    python.killAll();
    expect(others).toEqual([]);
    const version = execFileSync('python3', ['-c', 'import ssl; print(ssl.OPENSSL_VERSION)']);
    expect(library).toMatchObject({ kind: 'openssl', version: `${version}`.split(' ')[1] });
    expect(library?.reason).toBeUndefined();
    const [ssl, crypto] = library?.files ?? [];
    expect(ssl?.path).toBe(libssl);
    expect(crypto?.path).toBe(join(dirname(libssl), 'libcrypto.so.3'));
    const notes = execFileSync('readelf', ['-n', libssl], { encoding: 'utf8' });
    expect(ssl?.buildId).toBe(/Build ID: (\w+)/.exec(notes)?.[1]);
    const listed = execFileSync('nm', ['-D', '--defined-only', libssl], { encoding: 'utf8' });
    const addressOf = (name: string) => new RegExp(`^(\\w+) T ${name}@`, 'm').exec(listed)?.[1];
    for (const name of ['SSL_read', 'SSL_write', 'SSL_read_ex', 'SSL_write_ex']) {
      const point = ssl?.points.find((each) => each.function === name);
      expect(point?.offset, name).toBe(Number.parseInt(addressOf(name) ?? '', 16));
    }
    expect(crypto?.points.map((point) => point.function)).toContain('BIO_write');
  });

  it('an OpenSSL that is linked into node', async () => {
    const script = 'console.log(process.versions.openssl); process.stdin.resume()';
    const node = new Program(process.execPath, ['-e', script], { typed: true });
    const [library] = await librariesOf(node);
    const version = node.stdout.trim().replace(/\+.*/, '');
    node.killAll();
    expect(library?.version?.replace(/\+.*/, '')).toBe(version);
    expect(library?.files).toHaveLength(1);
    const functions = library?.files[0]?.points.map((point) => point.function);
    expect(functions).toEqual(expect.arrayContaining(['SSL_read', 'SSL_write', 'BIO_write']));
  });

  it('a program with OpenSSL inside, and why it is lost when that is stripped', async () => {
    const stripped = join(folder, 'stripped');
    execFileSync('strip', ['-o', stripped, staticClient]);
    // Nobody answers: it waits for its handshake.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    for (const [program, reason] of [
      [staticClient, undefined],
      [stripped, expect.stringMatching(/stripped/)],
    ] as const) {
      const client = new Program(program, [`${port}`, '/']);
      const [socket] = await once(silent, 'connection');
      const [process] = await listProcesses(client);
      client.killAll();
      socket.destroy();
      expect(process?.libraries).toHaveLength(1);
      expect(process?.libraries[0]).toMatchObject({ kind: 'openssl', files: [{ path: program }] });
      expect(process?.libraries[0]?.reason).toEqual(reason);
    }
    silent.close();
  });

  it('a Go program with the version of its Go', async () => {
    const program = await buildGo(folder, 'server', ['-ldflags=-s -w']);
    const { key, cert } = makeCertificate(folder);
    const server = new Program(program, ['-key', key, '-cert', cert], { typed: true });
    const [library, ...others] = await librariesOf(server);
    server.killAll();
    expect(others).toEqual([]);
    expect(library).toMatchObject({ kind: 'go', files: [{ path: program }] });
    expect(library?.reason).toBeUndefined();
    const version = execFileSync('go', ['version'], { encoding: 'utf8' });
    expect(version.split(' ')[2]).toBe(library?.version);
    const functions = library?.files[0]?.points.map((point) => point.function);
    expect(functions).toContain('crypto/tls.(*Conn).Read');
  }, 240_000);

  it('Java as what cannot be captured', async () => {
    const source = join(folder, 'Waiting.java');
    const main = 'System.out.println(Runtime.version().feature()); System.in.read();';
    writeFileSync(
      source,
      `class Waiting { public static void main(String[] a) throws Exception { ${main} } }`,
    );
    const java = new Program('java', ['-XX:TieredStopAtLevel=1', '-cp', folder, source], {
      typed: true,
    });
    const [library, ...others] = await librariesOf(java);
    const feature = java.stdout.trim();
    java.killAll();
    expect(others).toEqual([]);
    const reason = 'JVM: TLS in Java, no native library';
    expect(library).toMatchObject({ kind: 'java', reason, files: [{ points: [] }] });
    expect(library?.version).toMatch(new RegExp(`^${feature}\\.`));
  });

  it.each([
    { way: 'chroot', enter: (root: string) => `cd ${root}; exec chroot .` },
    {
      way: 'pivot_root',
      enter: (root: string) =>
        `mount --rbind ${root} ${root}
         cd ${root}; pivot_root . old; umount -l old; exec`,
    },
  ])('a library of a container under its path there ($way)', async ({ way, enter }) => {
    const root = freshPath(folder, way);
    const copies = join(root, 'opt/tls');
    for (const name of ['opt/tls', 'usr', 'old']) mkdirSync(join(root, name), { recursive: true });
    for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
    for (const name of ['libssl.so.3', 'libcrypto.so.3']) {
      copyFileSync(join(dirname(libssl), name), join(copies, name));
    }
    const python = `/usr/bin/env LD_LIBRARY_PATH=/opt/tls /usr/bin/python3 -c '${PYTHON}'`;
    const script = `mount --rbind /usr ${root}/usr; ${enter(root)} ${python}`;
    const program = new Program('unshare', ['-m', 'sh', '-c', script], { typed: true });
    const [library] = await librariesOf(program);
    program.killAll();
    expect(library?.files.map(({ path }) => path)).toEqual([
      '/opt/tls/libssl.so.3',
      '/opt/tls/libcrypto.so.3',
    ]);
    expect(library?.files[0]?.points.length).toBeGreaterThan(5);
  });

  it('a library whose file was replaced since, as by an upgrade', async () => {
    const copies = freshPath(folder, 'upgraded');
    mkdirSync(copies);
    for (const name of ['libssl.so.3', 'libcrypto.so.3']) {
      copyFileSync(join(dirname(libssl), name), join(copies, name));
    }
    const python = startPython({ LD_LIBRARY_PATH: copies });
    const before = await librariesOf(python);
    for (const name of ['libssl.so.3', 'libcrypto.so.3']) {
      const path = join(copies, name);
      copyFileSync('/bin/true', `${path}.new`);
      renameSync(`${path}.new`, path);
    }
    expect(await librariesOf(python)).toEqual(before);
    rmSync(copies, { recursive: true });
    expect(await librariesOf(python)).toEqual(before);
    python.killAll();
    expect(before[0]?.files.map(({ path }) => path)).toEqual([
      join(copies, 'libssl.so.3'),
      join(copies, 'libcrypto.so.3'),
    ]);
  });

  it('who the process is, and its descendants', async () => {
    const shell = `python3 -c '${PYTHON}'; true`;
    const program = new Program('sh', ['-c', shell], { typed: true });
    await program.prints('\n');
    const [python, ...others] = await listProcesses(program);
    program.killAll();
    expect(others).toEqual([]);
    const user = (await succeed('id', ['-un'])).toString().trim();
    expect(python).toMatchObject({ comm: 'python3', user, uid: process.getuid?.() });
    expect(python?.cgroup).toMatch(/^\//);
    expect(python?.pid).not.toBe(program.pid);
  });
});

describe('plaincap targets', () => {
  it('prints columns, and with -v the functions, with nothing that a terminal obeys', async () => {
    const evil = `import ctypes; ctypes.CDLL(None).prctl(15, b'a\\x1b[31m\\nb'); ${PYTHON}`;
    const python = new Program('python3', ['-c', evil], { typed: true });
    await python.prints('\n');
    const text = await list('--pid', `${python.pid}`);
    const details = await list('-v', '--pid', `${python.pid}`);
    python.killAll();
    const [head, row, ...rest] = text.trimEnd().split('\n');
    expect(rest).toEqual([]);
    expect(head).toMatch(/^ *PID +USER +COMM +LIBRARY +VERSION +PROBES +PATH$/);
    expect(row?.trim().split(/ +/)).toEqual([
      `${python.pid}`,
      expect.any(String),
      'a\\x1b[31m\\x0ab',
      'OpenSSL',
      expect.stringMatching(/^\d+\.\d+\.\d+/),
      expect.stringMatching(/^\d+$/),
      libssl,
    ]);
    expect(details).toMatch(/^ +SSL_read 0x[0-9a-f]+, probed at 0x[0-9a-f]+$/m);
    expect(details).toMatch(/, build id [0-9a-f]{40}$/m);
  });

  it('prints nothing for a process without TLS', async () => {
    const cat = new Program('cat', [], { typed: true });
    expect(await list('--pid', `${cat.pid}`)).toBe('');
    cat.killAll();
  });

  it('ends with 1 when there is no such process', async () => {
    const { code, stderr } = await plaincap(['targets', '--pid', '4194304']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'plaincap: --pid 4194304: there is no such process\n',
    });
  });

  it('tells without root how much it could not see', async () => {
    const python = startPython();
    await python.prints('\n');
    const words = [process.execPath, 'dist/cli.js', 'targets', '--pid', `${python.pid}`];
    const { code, stdout, stderr } = await new Program('setpriv', [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      ...words,
    ]).ended;
    python.killAll();
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'plaincap: 1 process cannot be looked at; root can\n',
    });
  });
});
