import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLibrary, requireLibrary } from '../../src/targets/library.ts';
import { describeStripped } from '../../src/targets/stripped-library.ts';
import { compile } from '../kernel/c-program.ts';
import { temporaryFolder } from '../sink/temporary-folder.ts';

const folder = temporaryFolder();
const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

describe('a program with OpenSSL linked in', () => {
  let program: string;
  const stripped = join(folder, 'stripped');

  beforeAll(() => {
    program = compile('openssl-get', folder, ['-static', '-lssl', '-lcrypto']);
    execFileSync('strip', ['-o', stripped, program]);
  });

  it('can be probed as long as it has its symbols', () => {
    const names = readLibrary(program)?.symbols.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['SSL_read', 'SSL_write', 'BIO_write']));
  });

  it('says why it cannot when it is stripped', () => {
    expect(readLibrary(stripped)).toBeUndefined();
    expect(describeStripped(stripped)).toBe('OpenSSL is linked in, but stripped of its symbols');
    expect(() => requireLibrary(stripped)).toThrow(/: OpenSSL is linked in, but stripped of/);
  });
});

it('tells the version where the library names it', () => {
  const stripped = join(folder, 'node');
  execFileSync('strip', ['-o', stripped, process.execPath]);
  const openssl = process.versions.openssl.replace('+quic', '');
  // Functions that programs may load at run time keep their symbols.
  expect(readLibrary(stripped)?.kind.name).toBe('openssl');
  expect(describeStripped(stripped)).toBe(
    `OpenSSL ${openssl} is linked in, but stripped of its symbols`,
  );
});

it('says nothing of programs that use a shared library, or none', () => {
  for (const command of ['openssl', 'curl', 'nginx', 'true']) {
    const path = execFileSync('which', [command], { encoding: 'utf8', env: { PATH: SYSTEM_PATH } });
    expect(describeStripped(path.trim())).toBeUndefined();
  }
});

it('says nothing of what is no ELF file, or is not there', () => {
  const text = join(folder, 'text');
  writeFileSync(text, 'ssl/ssl_lib.c\0');
  for (const path of [text, folder, join(folder, 'missing')]) {
    expect(describeStripped(path)).toBeUndefined();
  }
});

it('finds the mark wherever it stands in a large file', () => {
  const large = join(folder, 'large');
  const mebibyte = 1024 * 1024;
  for (const offset of [1, mebibyte - 10, mebibyte, 2 * mebibyte - 70, 3 * mebibyte - 20]) {
    const bytes = Buffer.alloc(3 * mebibyte, 0xff);
    bytes.write('\x7fELF', 'latin1');
    bytes.write('/ssl/ssl_lib.cc\0', 4 + offset, 'latin1');
    writeFileSync(large, bytes.subarray(0, 4 + offset + 17));
    expect(describeStripped(large)).toBe('BoringSSL is linked in, but stripped of its symbols');
  }
});
