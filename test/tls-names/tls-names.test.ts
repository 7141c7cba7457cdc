import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CIPHER_SUITES } from '../../src/tls-names/cipher-suites.ts';
import { cipherSuiteName, versionName } from '../../src/tls-names/tls-names.ts';

function run(command: string, ...args: string[]): string {
  const stdio = ['ignore', 'pipe', 'ignore'] as ('ignore' | 'pipe')[];
  return execFileSync(command, args, { encoding: 'utf8', stdio, maxBuffer: 1 << 26 });
}

test('all suites of OpenSSL have the names that OpenSSL has for them', () => {
  const lines = run('openssl', 'ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL@SECLEVEL=0');
  const theirs = [...lines.matchAll(/0x(..),0x(..) - (TLS_\w+)/g)];
  expect(theirs.length).toBeGreaterThan(100);
  for (const [, upper, lower, name] of theirs) {
    expect(cipherSuiteName(Number.parseInt(`${upper}${lower}`, 16))).toBe(name);
  }
});

test('all have the names that tshark has for them', () => {
  const values = run('sh', '-c', 'tshark -G values | grep -F tls.handshake.ciphersuite').matchAll(
    /^V\ttls\.handshake\.ciphersuite\t(\d+)\t(TLS_\w+)$/gm,
  );
  const theirs = new Map([...values].map(([, code, name]) => [Number(code), name as string]));
  expect(theirs.size).toBeGreaterThan(300);
  const different = [...CIPHER_SUITES].filter(([code, name]) => theirs.get(code) !== name);
  expect(different).toEqual([]);
});

test('a code without a name is shown as it is', () => {
  expect(cipherSuiteName(0x0a0a)).toBe('0x0a0a');
  expect(versionName(0x0304)).toBe('TLS 1.3');
  expect(versionName(0x7f1c)).toBe('0x7f1c');
});
