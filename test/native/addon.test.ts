import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAddon } from '../../src/native/addon.ts';

const addon = loadAddon();
const folder = mkdtempSync(join(tmpdir(), 'plaincap-addon-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens a capture of nothing (no process is watched) and leaves it open. */
const OPEN_CAPTURE = `
  const addon = require(${JSON.stringify(join(import.meta.dirname, '../../native/build/Release/plaincap.node'))});
  const { ktimeNs } = addon.readClocks();
  const options = { startKtimeNs: ktimeNs, ringBytes: 4096, snaplen: 4096, watchAll: false, useKprobes: true, oldSessions: true, plain: false };
  globalThis.capture = new addon.Capture(options, () => {});
`;

describe('readSymbols', () => {
  it('finds functions of a shared library at the offsets that nm tells', () => {
    const library = execFileSync('sh', ['-c', 'ls /usr/lib/*/libssl.so.3'], { encoding: 'utf8' });
    const path = library.trim();
    const { symbols, buildId } = addon.readSymbols(path, ['SSL_read', 'SSL_write', 'no_such']);
    const listed = execFileSync('nm', ['-D', '--defined-only', path], { encoding: 'utf8' });
    const addresses = Object.fromEntries(
      [...listed.matchAll(/^(\w+) T (SSL_read|SSL_write)@@/gm)].map(([, address, name]) => [
        name,
        Number.parseInt(address as string, 16),
      ]),
    );
    // libssl's text segment is mapped at its file offset.
    expect(Object.fromEntries(symbols.map(({ name, offset }) => [name, offset]))).toEqual(
      addresses,
    );
    expect(Object.keys(addresses)).toHaveLength(2);
    expect(buildId).toMatch(/^[0-9a-f]{40}$/);
  });

  it('finds static functions in the symbol table of an executable', () => {
    const source = join(folder, 'program.c');
    const program = join(folder, 'program');
    writeFileSync(
      source,
      '__attribute__((noinline)) static int SSL_read(int x) { return x + 1; }\n' +
        'int main(int argc, char **argv) { (void)argv; return SSL_read(argc); }\n',
    );
    execFileSync('gcc', ['-o', program, source]);
    expect(addon.readSymbols(program, ['SSL_read']).symbols).toHaveLength(1);
    execFileSync('strip', [program]);
    expect(addon.readSymbols(program, ['SSL_read']).symbols).toHaveLength(0);
  });

  it('tells what is wrong with a file by an errno name', () => {
    const text = join(folder, 'text');
    writeFileSync(text, 'not ELF');
    const codeOf = (path: string): unknown => {
      try {
        return addon.readSymbols(path, []);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    expect(codeOf(join(folder, 'missing'))).toBe('ENOENT');
    expect(codeOf(text)).toBe('ENOEXEC');
    expect(codeOf(folder)).toBe('ENOEXEC');
  });

  it('survives a damaged ELF file', () => {
    const damaged = join(folder, 'damaged');
    const elf = Buffer.from(execFileSync('cat', ['/bin/true'], { maxBuffer: 1 << 24 }));
    for (let length = 0; length < elf.length; length += 997) {
      writeFileSync(damaged, elf.subarray(0, length));
      try {
        expect(addon.readSymbols(damaged, ['main']).symbols).toEqual([]);
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOEXEC');
      }
    }
  });
});

describe('readClocks', () => {
  it('gives one moment on the wall clock and on the boot clock', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const first = addon.readClocks();
    const second = addon.readClocks();
    expect(first.epochNs).toBeGreaterThanOrEqual(before - 1_000_000n);
    expect(first.epochNs).toBeLessThan(before + 10_000_000_000n);
    expect(second.ktimeNs).toBeGreaterThan(first.ktimeNs);
    const drift = second.epochNs - second.ktimeNs - (first.epochNs - first.ktimeNs);
    expect(drift > -1_000_000n && drift < 1_000_000n).toBe(true);
  });
});

describe('Capture', () => {
  it('gives back what it holds when a worker ends without closing it', async () => {
    const worker = new Worker(`${OPEN_CAPTURE} process.exit(0);`, { eval: true });
    const exitCode = await new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', resolve);
    });
    expect(exitCode).toBe(0);
  });

  it('does not keep a process from ending', () => {
    const script = `${OPEN_CAPTURE} process.exit(7);`;
    expect(() => execFileSync(process.execPath, ['-e', script], { timeout: 20_000 })).toThrow(
      expect.objectContaining({ status: 7 }),
    );
  });

  it('lets a process end by itself once it is closed, and then throws', () => {
    const script = `${OPEN_CAPTURE} capture.close(); capture.close();
      try { capture.drain(); } catch (error) { console.log(error.message); }`;
    const printed = execFileSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(printed).toBe('the capture is closed\n');
  });

  it('tells in the words of libbpf what the kernel refuses', () => {
    const options = {
      startKtimeNs: 0n,
      ringBytes: 4096,
      snaplen: addon.callMaxBytes,
      watchAll: false,
      useKprobes: true,
      oldSessions: true,
      plain: false,
    };
    const capture = new addon.Capture(options, () => {});
    try {
      expect(() =>
        capture.attach(
          '/no/such/file',
          '',
          [{ function: 0, offset: 16, isReturnInstruction: false }],
          false,
        ),
      ).toThrow(/^probing \/no\/such\/file: .*\nlibbpf: /);
    } finally {
      capture.close();
    }
  });
});
