import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { plaincap } from './plaincap.ts';
import { type Ended, run } from './program.ts';
import { copyProject } from './project-copy.ts';

const folder = temporaryFolder();
const project = join(import.meta.dirname, '../..');
const earlier = join(folder, 'earlier.pcapng');
const EARLIER = 'an earlier capture';

beforeEach(() => writeFileSync(earlier, EARLIER));

/** Fails with one line on stderr, and the file that was to be written is as it was. */
function expectRefusal({ code, stdout, stderr }: Ended, expected: { code: number; says: RegExp }) {
  expect(stderr).toMatch(/^plaincap: [^\n]+\n$/);
  expect(stderr).toMatch(expected.says);
  expect({ code, stdout: stdout.toString() }).toEqual({ code: expected.code, stdout: '' });
  expect(readFileSync(earlier, 'utf8')).toBe(EARLIER);
}

describe('what is not there', () => {
  const text = join(folder, 'text');
  writeFileSync(text, 'not ELF');

  it.each([
    { what: 'a process', args: ['--pid', '4194303'], says: /--pid 4194303: there is no such/ },
    { what: 'a library', args: ['--lib', '/no/such.so'], says: /\/no\/such\.so: no such file/ },
    { what: 'ELF in a text', args: ['--lib', text], says: /text: not an ELF file/ },
    { what: 'ELF in a folder', args: ['--lib', folder], says: /--lib .*: not an ELF file/ },
    { what: 'a user', args: ['--uid', 'no-such'], says: /--uid no-such: there is no such user/ },
    { what: 'a service', args: ['--port', 'no-such'], says: /--port no-such: there is no such s/ },
    { what: 'a cgroup', args: ['--cgroup', 'no/such'], says: /--cgroup no\/such: there is no suc/ },
    { what: 'a cgroup id', args: ['--cgroup', '987654321'], says: /there is no such cgroup in \// },
    { what: 'a host', args: ['--host', 'no.such.invalid'], says: /--host no\.such\.invalid: no a/ },
    { what: 'an executable', args: ['--exe', '/no/such*'], says: /--exe \/no\/such\*: there is / },
    { what: 'TLS in a program', args: ['--lib', '/bin/true'], says: /no symbols of a TLS library/ },
  ])('is told in one line: $what', async ({ args, says }) => {
    const ended = await plaincap(['capture', ...args, '-w', earlier, '--', 'true']);
    expectRefusal(ended, { code: 1, says });
  });
});

describe('a destination that cannot be written', () => {
  it.each([
    {
      what: 'in no folder',
      path: join(folder, 'missing', 'x.pcapng'),
      says: /no such file or dir/,
    },
    { what: 'a folder', path: folder, says: /is a directory/ },
    { what: 'below a file', path: join(earlier, 'x.pcapng'), says: /not a directory/ },
  ])('is told in one line: $what', async ({ path, says }) => {
    const ended = await plaincap(['capture', '-w', path, '--', 'true']);
    expectRefusal(ended, { code: 1, says });
    expect(ended.stderr).toContain(path);
  });

  it('keeps a command from being started', async () => {
    const touched = join(folder, 'touched');
    const path = join(folder, 'missing', 'x.pcapng');
    await plaincap(['capture', '-w', path, '--', 'touch', touched]);
    expect(existsSync(touched)).toBe(false);
  });
});

describe('a wrong command line', () => {
  it.each([
    { what: 'a pid that is no number', args: ['--pid', 'nginx', '-w', earlier] },
    { what: 'a pid that is none', args: ['--pid', '0', '-w', earlier] },
    { what: 'a file twice', args: ['-w', earlier, '-w', earlier, '--', 'true'] },
    { what: 'a command without --', args: ['-w', earlier, 'curl'] },
    { what: 'no command after --', args: ['-w', earlier, '--'] },
    { what: 'an unknown option', args: ['--no-such-option', '-w', earlier, '--', 'true'] },
    { what: 'an option without its value', args: ['--pid', '1', '-w'] },
  ])('is told in one line: $what', async ({ args }) => {
    expectRefusal(await plaincap(['capture', ...args]), { code: 2, says: /./ });
  });
});

describe('without what a capture needs', () => {
  /** Where everyone may read the program. */
  const copy = join(folder, 'project');

  it('is told that a user has no privilege', async () => {
    copyProject(copy);
    chmodSync(folder, 0o755);
    const nobody = 65534;
    const own = join(copy, 'own.pcapng');
    writeFileSync(own, EARLIER);
    chownSync(own, nobody, nobody);
    const drop = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--inh-caps=-all'];
    const words = [process.execPath, join(copy, 'dist/cli.js'), 'capture', '-w', own];
    const ended = await run('setpriv', [...drop, ...words, '--', 'true'], { cwd: '/' });
    expectRefusal(ended, { code: 1, says: /cannot capture: .*(root|CAP_|sudo)/ });
    expect(readFileSync(own, 'utf8')).toBe(EARLIER);
    expect(statSync(own).mode & 0o777).toBe(0o644);
  });

  it('is told that the kernel has no BTF', async () => {
    // In a mount namespace of its own, so that nobody else misses it.
    const hide = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"';
    const words = [process.execPath, join(project, 'dist/cli.js'), 'capture', '-w', earlier];
    const ended = await run('unshare', ['-m', 'sh', '-c', hide, 'sh', ...words, '--', 'true']);
    expectRefusal(ended, { code: 1, says: /cannot capture: .*BTF/ });
  });
});
