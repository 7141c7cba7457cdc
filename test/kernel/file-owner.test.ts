import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { plaincap, plaincapWords } from './plaincap.ts';
import { succeed } from './program.ts';

const folder = temporaryFolder();

function access(path: string) {
  const { mode, uid, gid } = statSync(path);
  return { mode: (mode & 0o7777).toString(8), uid, gid };
}

it('is readable by its owner alone, whatever the umask and what was there', async () => {
  const files = ['new.pcapng', 'new.cbor', 'old.pcapng', 'old.cbor'].map((name) =>
    join(folder, name),
  );
  for (const old of files.slice(2)) {
    writeFileSync(old, 'an earlier capture');
    chmodSync(old, 0o666);
  }
  const words = plaincapWords('capture', ...files.flatMap((file) => ['-w', file]), '--', 'true');
  await succeed('sh', ['-c', 'umask 0; exec "$@"', 'sh', ...words], {
    env: { SUDO_UID: undefined, SUDO_GID: undefined },
  });
  for (const file of files) expect(access(file), file).toEqual({ mode: '600', uid: 0, gid: 0 });
});

it('belongs to the user who called sudo', async () => {
  const files = [join(folder, 'sudo.pcapng'), join(folder, 'sudo.cbor')];
  const env = { SUDO_UID: '4711', SUDO_GID: '4712' };
  const destinations = files.flatMap((file) => ['-w', file]);
  const { code } = await plaincap(['capture', ...destinations, '--', 'true'], { env });
  expect(code).toBe(0);
  for (const file of files) {
    expect(access(file), file).toEqual({ mode: '600', uid: 4711, gid: 4712 });
  }
});
