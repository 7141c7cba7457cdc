import { expect, test } from 'vitest';
import { alpnExtension, serverNameExtension } from '../../src/tls-null/extension.ts';
import { encodeClientHello, encodeServerHello } from '../../src/tls-null/hello.ts';

const hex = (bytes: readonly number[]) => Buffer.from(bytes).toString('hex');
/** With the random bytes, 32 behind the type, length and version, replaced. */
const masked = (bytes: readonly number[]) => hex(bytes).replace(/^(.{12}).{64}/, '$1(random)');

test('ClientHello', () => {
  const extensions = [...serverNameExtension('a.example'), ...alpnExtension('h2')];
  expect(masked(encodeClientHello(1, extensions))).toBe(
    [
      ...['01', '000046', '0303', '(random)', '00', '0002003b', '0100', '001b'],
      ...['0000', '000e', '000c', '00', '0009', hex([...Buffer.from('a.example')])],
      ...['0010', '0005', '0003', '02', '6832'],
    ].join(''),
  );
});

test('ServerHello and ServerHelloDone', () => {
  expect(masked(encodeServerHello(1, alpnExtension('h2')))).toBe(
    [
      ...['02', '000031', '0303', '(random)', '00', '003b', '00', '0009'],
      ...['0010', '0005', '0003', '02', '6832'],
      ...['0e', '000000'],
    ].join(''),
  );
});

test('random bytes are those of the seed', () => {
  expect(encodeClientHello(1, [])).toEqual(encodeClientHello(1, []));
  expect(encodeClientHello(1, [])).not.toEqual(encodeClientHello(2, []));
});
