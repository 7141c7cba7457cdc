import { describe, expect, test } from 'vitest';
import { chosenForm } from '../../src/flow/chosen-form.ts';
import { DEFAULT_FORM, type FileForm } from '../../src/flow/file-form.ts';
import { CaptureScript } from './capture-script.ts';
import { complaints, fieldByStream, packets } from './wireshark.ts';

const CLIENT = 50_000;
const GET = 'GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n';

describe('the form on a port', () => {
  const nullTls = (serverPort: number) => ({ encapsulation: 'null-tls', serverPort });
  const bareTcp = (serverPort: number) => ({ encapsulation: 'bare-tcp', serverPort });
  const map = new Map([
    [443, 80],
    [8443, 5000],
  ]);

  test.each<[string, Partial<FileForm>, 'tls' | 'plain', number, object]>([
    ['auto', {}, 'tls', 8080, bareTcp(8080)],
    ['auto', {}, 'tls', 5000, nullTls(443)],
    ['auto', { portMap: map }, 'tls', 443, bareTcp(80)],
    ['auto', { portMap: map }, 'tls', 8443, nullTls(5000)],
    ['tls', { encapsulation: 'tls' }, 'tls', 8080, nullTls(443)],
    ['tls', { encapsulation: 'tls' }, 'tls', 8443, nullTls(8443)],
    ['tls', { encapsulation: 'tls', portMap: map }, 'tls', 443, nullTls(80)],
    ['tls', { encapsulation: 'tls' }, 'plain', 8080, bareTcp(8080)],
    ['plain', { encapsulation: 'plain' }, 'tls', 443, bareTcp(443)],
    ['plain', { encapsulation: 'plain' }, 'tls', 5000, bareTcp(5000)],
    ['plain', { encapsulation: 'plain', portMap: map }, 'tls', 443, bareTcp(80)],
    ['plain', { encapsulation: 'plain', portMap: map }, 'plain', 443, bareTcp(80)],
  ])('%s, with %o, of %s on %d', (_, form, protocol, port, expected) => {
    expect(chosenForm({ ...DEFAULT_FORM, ...form }, protocol, CLIENT, port)).toEqual(expected);
  });

  test('of plain HTTP is not moved where TLS is not either', () => {
    const form = { ...DEFAULT_FORM, encapsulation: 'plain' } as const;
    expect(chosenForm(form, 'plain', CLIENT, 5000, 'h2')).toEqual(bareTcp(5000));
  });
});

test('the comment of the SYN has the real port of what is mapped', () => {
  const portMap = new Map([[443, 80]]);
  const capture = new CaptureScript({ form: { encapsulation: 'plain', portMap } });
  capture.conversation().write(GET);
  const path = capture.save();
  const [syn, , , request] = packets(path);
  expect(syn?.to).toBe('10.2.0.1:80');
  expect(syn?.comment).toMatch(/; real server port 443$/);
  expect(request?.length).toBe(GET.length);
  expect(fieldByStream(path, 'http.request.full_uri').get(0)).toEqual(['http://example.com/a']);
  expect(complaints(path)).toEqual([]);
});

test('two connections that are mapped to one port are told apart', () => {
  const capture = new CaptureScript({ form: { portMap: new Map([[8443, 443]]) } });
  const localAddress = Uint8Array.of(10, 0, 0, 1);
  for (const remotePort of [443, 8443]) {
    capture.conversation({ localAddress, remotePort }).write(GET);
  }
  const syns = packets(capture.save()).filter(({ flags }) => flags === 'SYN');
  expect(syns.map(({ from }) => from)).toEqual(['10.0.0.1:50000', '198.18.0.0:49154']);
});
