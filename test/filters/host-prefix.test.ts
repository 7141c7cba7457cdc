import { expect, test } from 'vitest';
import { findHost, parseHostPrefix } from '../../src/filters/host-prefix.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.each([
  ['10.1.2.3', `${'0'.repeat(20)}ffff0a010203`, 128],
  ['10.0.0.0/8', `${'0'.repeat(20)}ffff0a000000`, 104],
  ['0.0.0.0/0', `${'0'.repeat(20)}ffff00000000`, 96],
  ['::1', `${'0'.repeat(31)}1`, 128],
  ['::', '0'.repeat(32), 128],
  ['fe80::/10', `fe80${'0'.repeat(28)}`, 10],
  ['2001:DB8::12:0:3', '20010db8000000000000001200000003', 128],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008', 128],
  ['::ffff:10.1.2.3', `${'0'.repeat(20)}ffff0a010203`, 128],
])('%s', (value, address, bits) => {
  const prefix = parseHostPrefix(value);
  expect(prefix && { address: hex(prefix.address), bits: prefix.bits }).toEqual({ address, bits });
});

test.each([
  '',
  'localhost',
  '10.1.2',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '::1/129',
  '::1%lo',
])('%j is no address', (value) => {
  expect(parseHostPrefix(value)).toBeUndefined();
});

test('a name stands for all its addresses', async () => {
  const found = await findHost('localhost');
  expect(found.map(({ address }) => hex(address))).toContain(`${'0'.repeat(20)}ffff7f000001`);
});

test('a name that stands for none is told', async () => {
  await expect(findHost('no.such.invalid')).rejects.toThrow(
    /^--host no\.such\.invalid: no address is known for it/,
  );
});
