import { describe, expect, test } from 'vitest';
import { choiceSentences, dialogSentences } from '../../src/extcap/dialog.ts';
import type { Target } from '../../src/targets/target.ts';

function library(title: string, path: string): Target {
  return { kind: 'openssl', title, files: [{ path, buildId: '', points: [] }] };
}

const PROCESSES = [
  {
    ...{ pid: 17, comm: 'a}{value=evil', uid: 1000, user: 'ann', cgroup: '/' },
    libraries: [library('OpenSSL', '/usr/lib/libssl.so.3'), library('GnuTLS', '/lib/gnu.so')],
  },
  {
    ...{ pid: 18, comm: 'node', uid: 0, user: 'root', cgroup: '/' },
    libraries: [library('OpenSSL', '/usr/lib/libssl.so.3'), library('OpenSSL', '/opt/{x}/node')],
  },
];

describe('the choices', () => {
  test('of processes', () => {
    expect(choiceSentences('--pid', PROCESSES)).toEqual([
      'value {arg=0}{value=}{display=All processes}{default=true}',
      'value {arg=0}{value=17}{display=a)(value=evil (17) of ann: OpenSSL, GnuTLS}',
      'value {arg=0}{value=18}{display=node (18) of root: OpenSSL}',
    ]);
  });

  test('of libraries, each once; none that cannot be written', () => {
    expect(choiceSentences('lib', PROCESSES)).toEqual([
      'value {arg=1}{value=}{display=All libraries}{default=true}',
      'value {arg=1}{value=/lib/gnu.so}{display=/lib/gnu.so (GnuTLS)}',
      'value {arg=1}{value=/usr/lib/libssl.so.3}{display=/usr/lib/libssl.so.3 (OpenSSL)}',
    ]);
  });

  test('of users', () => {
    expect(choiceSentences('uid', PROCESSES)).toEqual([
      'value {arg=2}{value=}{display=All users}{default=true}',
      'value {arg=2}{value=0}{display=root}',
      'value {arg=2}{value=1000}{display=ann}',
    ]);
  });

  test('of an option that has none', () => {
    expect(choiceSentences('port', PROCESSES)).toEqual([]);
    expect(choiceSentences('no-such', PROCESSES)).toEqual([]);
  });
});

test('the dialog has each option of capture once, and all choices', () => {
  const sentences = dialogSentences(PROCESSES);
  const calls = sentences.flatMap((line) => /^arg .*\{call=--(\w+)\}/.exec(line)?.[1] ?? []);
  expect(calls).toEqual(['pid', 'lib', 'uid', 'comm', 'exe', 'port', 'host', 'plain']);
  expect(sentences.slice(calls.length)).toEqual(
    ['pid', 'lib', 'uid'].flatMap((option) => choiceSentences(option, PROCESSES)),
  );
  expect(sentences[0]).toBe(
    'arg {number=0}{call=--pid}{display=Process}' +
      '{tooltip=Capture this process and all its descendants}{type=selector}' +
      '{placeholder=Look again}{reload=true}',
  );
});
