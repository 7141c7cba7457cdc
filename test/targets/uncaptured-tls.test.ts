import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLibrary, requireLibrary } from '../../src/targets/library.ts';
import { ownFile } from '../../src/targets/mapped-files.ts';
import { findUncapturedTls } from '../../src/targets/uncaptured-tls.ts';
import { compile } from '../kernel/c-program.ts';
import { encodeGoElf } from '../native/go-elf.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();
const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';
const STRIPPED = 'linked into the program, which was stripped: no symbol tells where SSL_read is';

const find = (path: string) => findUncapturedTls(ownFile(path), true);

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
    expect(find(stripped)).toEqual({ name: 'openssl', title: 'OpenSSL', reason: STRIPPED });
    expect(() => requireLibrary(stripped)).toThrow(`: OpenSSL, ${STRIPPED}; give a `);
  });
});

it('tells the version where the library names it', () => {
  const stripped = join(folder, 'node');
  execFileSync('strip', ['-o', stripped, process.execPath]);
  // Functions that programs may load at run time keep their symbols.
  expect(readLibrary(stripped)?.kind.name).toBe('openssl');
  const { version, ...rest } = find(stripped) ?? {};
  expect(rest).toEqual({ name: 'openssl', title: 'OpenSSL', reason: STRIPPED });
  expect(version?.replace(/\+.*/, '')).toBe(process.versions.openssl.replace(/\+.*/, ''));
});

it('knows BoringSSL and rustls by the names of their sources', () => {
  const path = join(folder, 'program');
  const contents = [
    ['BoringSSL', '\0../../third_party/boringssl/src/ssl/ssl_lib.cc\0'],
    ['rustls', '\0/root/.cargo/registry/src/index-1/rustls-0.21.7/src/conn.rs'],
  ] as const;
  for (const [title, bytes] of contents) {
    writeFileSync(path, Buffer.concat([readFileSync('/bin/true'), Buffer.from(bytes)]));
    expect(find(path)?.title).toBe(title);
  }
});

describe('a program made by Go', () => {
  const path = join(folder, 'go-program');
  const code = Buffer.of(0xc3);

  it('says that its Go is too old', () => {
    const functions = { 'main.main': code, 'crypto/tls.(*Conn).Read': code };
    writeFileSync(path, encodeGoElf({ magic: 0xfffffffb, code: functions }));
    const reason = 'it was built by a Go older than 1.17';
    expect(find(path)).toEqual({ name: 'go', title: 'Go crypto/tls', reason });
    expect(() => requireLibrary(path)).toThrow(`: Go crypto/tls, ${reason}; give a `);
  });

  it('is none of TLS if it has no crypto/tls, however old its Go', () => {
    writeFileSync(path, encodeGoElf({ magic: 0xfffffffb, code: { 'main.main': code } }));
    expect(find(path)).toBeUndefined();
    expect(() => requireLibrary(path)).toThrow('go-program is a Go program without crypto/tls; ');
  });
});

it('says nothing of programs that use a shared library, or none', () => {
  for (const command of ['openssl', 'curl', 'nginx', 'true']) {
    const path = execFileSync('which', [command], { encoding: 'utf8', env: { PATH: SYSTEM_PATH } });
    expect(find(path.trim()), command).toBeUndefined();
  }
});
