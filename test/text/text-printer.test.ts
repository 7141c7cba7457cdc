import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.ts';
import { anyEvents } from '../recording/arbitrary-event.ts';
import { CURL, connection, data, handshake, print, session } from './printed.ts';

const { TZ } = process.env;
beforeAll(() => {
  process.env.TZ = 'UTC';
});
afterAll(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

const OPENED: readonly Event[] = [CURL, connection(), session()];
const OUT = '10.0.0.1:40000 > 10.0.0.2:443';
const IN = '10.0.0.2:443 > 10.0.0.1:40000';

/** A text without its first two lines: the titles and the date. */
function printed(events: readonly Event[], style = {}): string {
  const [titles, date, ...lines] = print(events, style).split('\n');
  expect(titles).toMatch(/^FUNC +TIME +COMM +PID +TID +LEN +(LAT\(ms\) +)?CONNECTION$/);
  expect(date).toBe('-- 2025-11-21 UTC+00:00');
  return lines.join('\n');
}

describe('a call', () => {
  test('is a line, then its data between marks', () => {
    const events = [...OPENED, data('GET /\r\n\r\n', { direction: 'write', ktimeNs: 1e9 })];
    expect(printed(events)).toBe(
      `SSL_write          01:53:21.123456 curl             42      43      9        ${OUT}
----- DATA -----
GET /


----- END DATA -----

`,
    );
  });

  test('has its latency where that is asked for', () => {
    expect(printed([...OPENED, data('a')], { latency: true })).toContain(
      ` 43      1        0.027    ${IN}\n`,
    );
  });

  test('stands below the titles of its columns', () => {
    const [titles = '', , line = ''] = print([...OPENED, data('a')], { latency: true }).split('\n');
    for (const [title, cell] of [
      ['TIME', '01:53:20.'],
      ['COMM', 'curl'],
      ['PID', '42'],
      ['TID', '43'],
      ['LEN', '1  '],
      ['LAT(ms)', '0.027'],
      ['CONNECTION', '10.0.0.2'],
    ] as const) {
      expect(line.startsWith(cell, titles.indexOf(title)), title).toBe(true);
    }
  });

  test('that comes in several events is one, whatever its pieces', () => {
    const whole = 'größer und größer\n';
    const bytes = Buffer.from(whole);
    const pieces = [0, 3, 4, 9].map((callOffset, i, starts) =>
      data(bytes.subarray(callOffset, starts[i + 1]), {
        callOffset,
        position: callOffset,
        originalLength: bytes.length,
      }),
    );
    for (const style of [{}, { hexdump: true }]) {
      expect(printed([...OPENED, ...pieces], style)).toBe(printed([...OPENED, data(whole)], style));
    }
  });

  test('of which others come in between goes on below them', () => {
    const other = [
      connection({ connection: 2, localPort: 40_001 }),
      session({ session: 2, connection: 2 }),
    ];
    const text = printed([
      ...OPENED,
      ...other,
      data('one ', { originalLength: 7 }),
      data('x', { session: 2 }),
      data('two', { position: 4, callOffset: 4, originalLength: 7 }),
    ]);
    expect(text).toBe(
      `SSL_read           01:53:20.123456 curl             42      43      7        ${IN}
----- DATA -----
one 
----- END DATA (4 of 7 bytes so far) -----

SSL_read           01:53:20.123456 curl             42      43      1        10.0.0.2:443 > 10.0.0.1:40001
----- DATA -----
x
----- END DATA -----

-- 01:53:20.123456 SSL_read of curl (42) goes on, ${IN}
----- DATA FROM BYTE 4 ON -----
two
----- END DATA -----

`,
    );
  });

  test('that goes both ways at once is two', () => {
    const text = printed([
      ...OPENED,
      data('ab', { originalLength: 4 }),
      data('x', { direction: 'write' }),
      data('cd', { position: 2, callOffset: 2, originalLength: 4 }),
    ]);
    expect(text.match(/^SSL_\w+/gm)).toEqual(['SSL_read', 'SSL_write']);
    expect(text).toContain('goes on');
  });

  test('that is the last and not whole says so', () => {
    expect(printed([...OPENED, data('ab', { originalLength: 4 })])).toContain(
      'ab\n----- END DATA (2 of 4 bytes so far) -----\n',
    );
  });
});

describe('what was lost is told where it happened', () => {
  test('between two calls', () => {
    const text = printed([...OPENED, data('abc'), data('d', { position: 10 })]);
    expect(text).toContain(
      `----- END DATA -----\n\n-- 01:53:20.123456 7 bytes lost here, ${IN}, curl (42)\nSSL_read `,
    );
  });

  test('before the first call, and after the last', () => {
    const text = printed([
      ...OPENED,
      data('abc', { position: 1 }),
      { kind: 'session-end', ktimeNs: 1, session: 1, readPosition: 4, writePosition: 5 },
    ]);
    expect(text.match(/^-- .*$/gm)).toEqual([
      `-- 01:53:20.123456 1 byte lost here, ${IN}, curl (42)`,
      `-- 01:53:20.123456 5 bytes lost here, ${OUT}, curl (42)`,
    ]);
  });

  test('within a call', () => {
    const text = printed([
      ...OPENED,
      data('one', { originalLength: 10 }),
      data('two', { position: 7, callOffset: 7, originalLength: 10 }),
    ]);
    expect(text).toMatch(/^----- DATA -----\none\n----- 4 BYTES LOST HERE -----\ntwo\n----- END/m);
    expect(text).not.toContain('-- 01');
  });

  test('at the begin of a call', () => {
    const text = printed([
      ...OPENED,
      data('two', { position: 7, callOffset: 7, originalLength: 10 }),
    ]);
    expect(text).toMatch(
      /^-- \S+ 7 bytes lost here.*\nSSL_read .*\n----- DATA FROM BYTE 7 ON -----\ntwo/,
    );
  });

  test('at the end of a call', () => {
    const text = printed([
      ...OPENED,
      data('one', { originalLength: 10 }),
      data('x', { position: 10 }),
    ]);
    expect(text).toMatch(
      /one\n----- END DATA \(3 of 10 bytes so far\) -----\n\n-- \S+ 7 bytes lost here.*\nSSL_read/,
    );
  });
});

describe('a connection', () => {
  test('that is not known is told as such, and when it becomes known', () => {
    const text = printed([
      CURL,
      session({ connection: 0, evidence: 'none' }),
      data('a'),
      connection(),
      session(),
      data('b', { position: 1 }),
    ]);
    expect(text.match(/^(SSL|-- ).*$/gm)).toEqual([
      expect.stringMatching(/ 1 {8}unknown connection \(session 1\)$/),
      '-- 01:53:20.123456 session 1 of curl (42), /lib/libssl.so.3: 10.0.0.1:40000 <-> 10.0.0.2:443 (fingerprint)',
      expect.stringMatching(/ 1 {8}10\.0\.0\.2:443 > 10\.0\.0\.1:40000$/),
    ]);
  });

  test('is not told again where nothing of it was shown, or nothing changes', () => {
    const events = [
      CURL,
      session({ connection: 0 }),
      connection(),
      session({ evidence: 'nested' }),
    ];
    expect(printed([...events, data('a'), session()])).not.toContain('-- 01');
  });

  test('stays that of its session when it closes', () => {
    const close: Event = {
      kind: 'close',
      ktimeNs: 0,
      connection: 1,
      cause: 'fin',
      by: 'remote',
      readable: true,
      finBy: 'remote',
      finKtimeNs: 0,
    };
    expect(printed([...OPENED, close, session(), data('a')])).toContain(IN);
  });

  test('of IPv6 has its addresses in brackets', () => {
    const localAddress = Uint8Array.from([...Array(15).fill(0), 1]);
    const events = [CURL, connection({ localAddress, remoteAddress: localAddress }), session()];
    expect(printed([...events, data('a')])).toContain('[::1]:443 > [::1]:40000\n');
  });

  test.each([
    [{}, 'opened by 10.0.0.1:40000'],
    [{ role: 'server' }, 'opened by 10.0.0.2:443'],
    [{ role: 'unknown' }, 'opened'],
    [{ role: 'unknown', seenOpening: false }, 'opened before the capture'],
  ] as const)('has its begin told where that is asked for: %j', (known, what) => {
    const text = printed([CURL, connection(known), session()], { connections: true });
    expect(text).toBe(
      `-- 01:53:20.123456 connection 10.0.0.1:40000 <-> 10.0.0.2:443 ${what}\n` +
        '-- 01:53:20.123456 session 1 of curl (42), /lib/libssl.so.3: 10.0.0.1:40000 <-> 10.0.0.2:443 (fingerprint)\n',
    );
  });

  test.each([
    [{ cause: 'fin', by: 'local', finBy: 'local' }, 'closed (FIN) by 10.0.0.1:40000'],
    [{ cause: 'rst', by: 'remote', finBy: 'none' }, 'aborted (RST) by 10.0.0.2:443'],
    [
      { cause: 'rst', by: 'local', finBy: 'remote' },
      'aborted (RST) by 10.0.0.1:40000, after a FIN of 10.0.0.2:443',
    ],
  ] as const)('has its end told where that is asked for: %j', (known, what) => {
    const end = { ktimeNs: 0, connection: 1, readable: false, finKtimeNs: 0 } as const;
    const events: Event[] = [...OPENED, { kind: 'close', ...end, ...known }];
    const line = `-- 01:53:20.123456 connection 10.0.0.1:40000 <-> 10.0.0.2:443 ${what}\n`;
    expect(printed(events, { connections: true }).endsWith(line)).toBe(true);
    expect(print(events)).not.toContain(what);
  });
});

describe('a handshake', () => {
  const LINE =
    'SSL_do_handshake   01:53:20.123456 curl             42      43      -        ' +
    `${OUT} handshake in 12.346 ms, TLS 1.3, TLS_AES_128_GCM_SHA256, ALPN h2, SNI example.org\n`;

  test('is a line where it is asked for', () => {
    expect(printed([...OPENED, handshake()], { handshake: true })).toBe(LINE);
    expect(print([...OPENED, handshake()])).not.toContain('handshake');
  });

  test('that failed says so, with what was said before', () => {
    const unanswered = { version: 0, cipherSuite: 0, alpn: '' };
    const event = { ...handshake(unanswered), kind: 'handshake-failure' } as const;
    expect(printed([...OPENED, event], { handshake: true })).toContain(
      `${OUT} handshake failed after 12.346 ms, SNI example.org\n`,
    );
    expect(print([...OPENED, event])).not.toContain('handshake');
  });

  test('of a server goes from the client to it', () => {
    expect(printed([...OPENED, handshake({ role: 'server' })], { handshake: true })).toContain(IN);
  });

  test('tells nothing that the library did not tell', () => {
    const nothing = { version: 0, cipherSuite: 0, serverName: '', alpn: '' };
    expect(printed([...OPENED, handshake(nothing)], { handshake: true })).toMatch(
      / handshake in 12\.346 ms\n$/,
    );
  });

  test('tells numbers that have no name', () => {
    const unknown = handshake({ version: 0x7f1c, cipherSuite: 0xfafa });
    expect(printed([...OPENED, unknown], { handshake: true })).toContain(' ms, 0x7f1c, 0xfafa, ');
  });
});

test('a new day is told', () => {
  const later = data('b', { position: 1, ktimeNs: 86_400e9 });
  expect(printed([...OPENED, data('a'), later])).toMatch(
    /END DATA -----\n\n-- 2025-11-22 UTC\+00:00\nSSL_read +01:53:20/,
  );
});

test('no name can write to the terminal, or a line of its own', () => {
  const evil = '\x1b[2J\nSSL_read\u202e';
  const shown = '\\x1b[2J\\x0aSSL_read\\xe2\\x80\\xae';
  const text = printed(
    [
      { ...CURL, comm: evil } as Event,
      connection(),
      session({ library: evil }),
      handshake({ function: evil, serverName: evil, alpn: evil }),
      data('a', { function: evil }),
      data('b', { position: 2 }),
    ],
    { connections: true, handshake: true },
  );
  expect(text.split(shown)).toHaveLength(11);
  expect(text).not.toMatch(/[\p{Cf}]|\p{Cc}(?<!\n)/u);
});

test('any events that event.ts allows can be shown, safely', () => {
  const style = fc.record({ hexdump: fc.boolean(), latency: fc.boolean() });
  fc.assert(
    fc.property(anyEvents, style, (events, style) => {
      const text = print(events, { ...style, handshake: true, connections: true });
      expect(text.replace(/[\t\n]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 1000 },
  );
});
