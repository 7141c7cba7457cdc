import { expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { complaints } from './wireshark.ts';

test('a wrong byte anywhere in a segment is complained of', () => {
  const capture = new CaptureScript();
  capture.conversation({ remotePort: 80 }).write('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n');
  expect(complaints(capture.save())).toEqual([]);
  const { written } = capture.output;
  const at = Buffer.from(written.buffer, 0, written.length).indexOf('example');
  written[at] = (written[at] as number) ^ 1;
  expect(complaints(capture.save())).toEqual([expect.stringContaining('Bad checksum')]);
});
