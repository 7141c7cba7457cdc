import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, linkSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ExaminedFiles } from '../../src/targets/examined-files.ts';
import { findLibraries } from '../../src/targets/find-libraries.ts';
import { listInstalledLibraries } from '../../src/targets/installed-libraries.ts';
import { listMappedFiles, ownFile } from '../../src/targets/mapped-files.ts';
import { resolveCommand } from '../../src/targets/resolve-command.ts';
import { UserError } from '../../src/user-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'plaincap-libraries-'));
afterAll(() => rmSync(folder, { recursive: true }));

const installed = listInstalledLibraries().find((path) => path.endsWith('libssl.so.3')) as string;

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

const nothing = { files: [], pids: [] };
/** What the dynamic linker loads for a program. */
function librariesOf(program: string): string[] {
  const printed = execFileSync('ldd', [resolveCommand(program)], { encoding: 'utf8' });
  return [...printed.matchAll(/=> (\/\S+)/g)].map(([, path]) => path as string);
}

const names = (libraries: { name: string }[]) => libraries.map(({ name }) => basename(name));

describe('findLibraries', () => {
  it('finds the installed libssl, and the libcrypto beside it', () => {
    const found = findLibraries(nothing, new ExaminedFiles(true));
    expect(names(found)).toContain('libssl.so.3');
    expect(names(found)).toContain('libcrypto.so.3');
    expect(found.find(({ name }) => basename(name) === 'libcrypto.so.3')?.kind.name).toBe(
      'openssl',
    );
    const libssl = found.find(({ name }) => basename(name) === 'libssl.so.3');
    const symbols = libssl?.symbols.map(({ name }) => name);
    expect(symbols).toEqual(
      expect.arrayContaining(['SSL_read', 'SSL_read_ex', 'SSL_write', 'SSL_write_ex', 'SSL_free']),
    );
  });

  it.each([
    ['nginx', false],
    ['openssl', true],
    ['curl', true],
  ])('finds libcrypto if a program may have its own BIOs: %s', (program, may) => {
    const files = [resolveCommand(program), ...librariesOf(program)].map(ownFile);
    const examined = new ExaminedFiles();
    const found = [
      ...findLibraries(nothing, examined),
      ...files.flatMap((f) => examined.examine(f)),
    ];
    expect(names(found).filter((name) => name === 'libcrypto.so.3')).toHaveLength(may ? 1 : 0);
  });

  it('finds GnuTLS, and NSPR with the libssl3 of NSS beside it', () => {
    const kinds = findLibraries(nothing).map(({ name, kind }) => `${basename(name)} ${kind.name}`);
    expect(kinds).toEqual(
      expect.arrayContaining(['libgnutls.so.30 gnutls', 'libnspr4.so nss', 'libssl3.so nss']),
    );
  });

  it('finds the library in a program that will be started', () => {
    const found = findLibraries({ ...nothing, programs: [process.execPath] });
    expect(names(found)).toContain(basename(process.execPath));
  });

  it('finds what a running process has mapped, by the path that we see as well', async () => {
    const copy = join(folder, 'libssl-of-mine.so.3');
    copyFileSync(installed, copy);
    child = spawn('python3', [
      '-c',
      `import ctypes, sys, time; ctypes.CDLL(${JSON.stringify(copy)}); print(flush=True); time.sleep(60)`,
    ]);
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    const pid = child.pid as number;
    expect(listMappedFiles(pid).map(({ name }) => name)).toContain(copy);
    const library = findLibraries({ ...nothing, pids: [pid] }).find(({ name }) => name === copy);
    // The way through /proc/PID would end with the process.
    expect(library?.path).toBe(copy);
  });

  it('takes two names of one file for one library', () => {
    const first = join(folder, 'first.so');
    const second = join(folder, 'second.so');
    copyFileSync(process.execPath, first);
    linkSync(first, second);
    const found = findLibraries({ ...nothing, programs: [first] });
    const again = findLibraries({ ...nothing, programs: [second] });
    expect(names(found)).toContain('first.so');
    expect(names(again)).not.toContain('first.so');
    expect(names(again)).toContain('second.so');
  });

  it('takes files that the user names, and no others', () => {
    expect(names(findLibraries({ ...nothing, files: [installed] }))).toEqual([
      'libssl.so.3',
      'libcrypto.so.3',
    ]);
  });

  it.each([
    [join(folder, 'missing.so'), /no such file or directory/],
    ['/etc/passwd', /not an ELF file/],
    ['/bin/true', /has no symbols of a TLS library/],
    [folder, /not an ELF file/],
  ])('says in one line what is wrong with %s', (path, reason) => {
    const refusal = () => findLibraries({ ...nothing, files: [path] });
    expect(refusal).toThrow(UserError);
    expect(refusal).toThrow(reason);
    expect(refusal).toThrow(/^[^\n]*--lib[^\n]*$/);
  });
});
