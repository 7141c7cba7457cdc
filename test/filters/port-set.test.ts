import { expect, test } from 'vitest';
import { parsePortRange, portSet } from '../../src/filters/port-set.ts';

function portsOf(values: string[]): number[] {
  const set = portSet(values);
  return Array.from({ length: 65536 }, (_, port) => port).filter(
    (port) => (set[port >> 3] as number) & (1 << (port & 7)),
  );
}

test('numbers, ranges and names', () => {
  expect(portsOf(['443'])).toEqual([443]);
  expect(portsOf(['https', '8000-8002'])).toEqual([443, 8000, 8001, 8002]);
  expect(portsOf(['1-65535'])).toHaveLength(65535);
});

test('a name may hold a dash', () => {
  expect(parsePortRange('http-alt')).toBeUndefined();
  expect(portsOf(['http-alt'])).toEqual([8080]);
});

test('a name that no service has is told', () => {
  expect(() => portSet(['no-such'])).toThrow('--port no-such: there is no such service');
});
