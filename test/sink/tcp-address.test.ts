import { expect, test } from 'vitest';
import { formatTcpAddress, isLoopback, parseTcpAddress } from '../../src/sink/tcp-address.ts';
import { UsageError } from '../../src/user-error.ts';

test.each([
  ['tcp://127.0.0.1:57012', '127.0.0.1', 57012],
  ['tcp://localhost:1/', 'localhost', 1],
  ['tcp://[::1]:65535', '::1', 65535],
  ['tcp://:0', '127.0.0.1', 0],
])('%s', (text, host, port) => {
  expect(parseTcpAddress(text)).toEqual({ host, port });
});

test.each(['tcp', 'tcp:x', './tcp://127.0.0.1:1', 'x'])('%s is a file', (text) => {
  expect(parseTcpAddress(text)).toBeUndefined();
});

test.each([
  'tcp://',
  'tcp://127.0.0.1',
  'tcp://1:65536',
  'tcp://::1:80',
  'tcp://[x]:80',
  'tcp://x:y',
])('%s is refused', (text) => {
  expect(() => parseTcpAddress(text)).toThrow(
    new UsageError(`-w ${text}: it is tcp://ADDRESS:PORT, as in tcp://127.0.0.1:57012`),
  );
});

test('addresses are written as they are read', () => {
  expect(formatTcpAddress({ host: '::1', port: 80 })).toBe('[::1]:80');
  expect(formatTcpAddress({ host: '10.0.0.1', port: 80 })).toBe('10.0.0.1:80');
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['::', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
