import { expect, test } from 'vitest';
import { captureWords } from '../../src/extcap/capture-words.ts';

test('nothing chosen is no restriction', () => {
  expect(captureWords({})).toEqual([]);
  expect(captureWords({ comm: ',' })).toEqual(['--comm=', '--comm=']);
  expect(captureWords({ pid: '', lib: '', comm: ' ', plain: false }, ' ')).toEqual([]);
});

test('what was chosen, in the options of capture', () => {
  const options = { pid: '17', lib: '/a,b.so', comm: 'curl, python*', port: '443,80', plain: true };
  expect(captureWords(options, 'host ::1')).toEqual([
    '--pid=17',
    '--comm=curl',
    '--comm=python*',
    '--lib=/a,b.so',
    '--port=443',
    '--port=80',
    '--host=::1',
    '--plain',
  ]);
});

test('no option says that both of two lists must hold', () => {
  expect(() => captureWords({ port: '443' }, 'port 80')).toThrow(
    'ports are named by the capture filter and by the options: by one only',
  );
});
