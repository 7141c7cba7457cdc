import { expect, test } from 'vitest';
import { formatSocketAddress } from '../../src/tcp/endpoint.ts';
import { decodeIpAddress, formatIpAddress, isIpv4 } from '../../src/tcp/ip-address.ts';

test.each([
  ['c0000201', '192.0.2.1'],
  ['ffffffff', '255.255.255.255'],
  ['00000000000000000000ffffc0000201', '192.0.2.1'],
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['00000000000000000000000000000001', '::1'],
  ['fe80000000000000ffffffffffffffff', 'fe80::ffff:ffff:ffff:ffff'],
  ['20010db800010000000100000001ffff', '2001:db8:1:0:1:0:1:ffff'],
])('%s is %s', (hex, text) => {
  const address = decodeIpAddress(Buffer.from(hex, 'hex'));
  expect(formatIpAddress(address)).toBe(text);
  expect(isIpv4(address)).toBe(!text.includes(':'));
});

test('an address and a port', () => {
  const ipv4 = decodeIpAddress(Uint8Array.of(192, 0, 2, 1));
  const ipv6 = decodeIpAddress(new Uint8Array(16).fill(1, 15));
  expect(formatSocketAddress({ address: ipv4, port: 443 })).toBe('192.0.2.1:443');
  expect(formatSocketAddress({ address: ipv6, port: 443 })).toBe('[::1]:443');
});

test('another length is none', () => {
  expect(() => decodeIpAddress(new Uint8Array(5))).toThrow('an IP address of 5 bytes');
});
