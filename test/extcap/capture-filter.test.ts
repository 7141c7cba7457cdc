import { describe, expect, test } from 'vitest';
import { parseCaptureFilter } from '../../src/extcap/capture-filter.ts';

describe('a capture filter', () => {
  test.each([
    ['', [], []],
    ['port 443', ['443'], []],
    ['tcp port https', ['https'], []],
    ['port 443 or portrange 8000-8999', ['443', '8000-8999'], []],
    [' (port 443  or port 8443) ', ['443', '8443'], []],
    ['host ::1 and port 443', ['443'], ['::1']],
    [
      'port 443 || port 80 && (host a.example or net 10.0.0.0/8)',
      ['443', '80'],
      ['a.example', '10.0.0.0/8'],
    ],
  ])('is understood: %j', (filter, ports, hosts) => {
    expect(parseCaptureFilter(filter)).toEqual({ ports, hosts });
  });

  test.each([
    'tcp',
    'udp port 53',
    'src port 443',
    'not port 443',
    'port',
    // Of which the first must hold alone: (host a and port 443) or port 80
    'host a and port 443 or port 80',
    'port 443 or host a',
    'port 443 and port 80',
    '(port 443',
  ])('is refused where no options of capture say the same: %j', (filter) => {
    expect(() => parseCaptureFilter(filter)).toThrow(/^capture filter: '.*' is not understood: /);
  });
});
