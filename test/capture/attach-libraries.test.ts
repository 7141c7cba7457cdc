import { copyFileSync, linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachLibraries } from '../../src/capture/attach-libraries.ts';
import { ExaminedFiles } from '../../src/targets/examined-files.ts';
import type { Library } from '../../src/targets/library.ts';
import { ownFile } from '../../src/targets/mapped-files.ts';
import { temporaryFolder } from '../sink/temporary-folder.ts';

const folder = temporaryFolder();
const [here, gone, other] = ['here.so', 'gone.so', 'other.so'].map((name) =>
  join(folder, name),
) as [string, string, string];

const refusing = {
  attach(library: Library) {
    throw new Error(`refused: ${library.path}`);
  },
};

test('what cannot be reached any more is left out, and found where another path leads to it', () => {
  // node has OpenSSL in it.
  copyFileSync(process.execPath, here);
  copyFileSync(process.execPath, gone);
  linkSync(gone, other);
  const examined = new ExaminedFiles();
  const libraries = [here, gone].flatMap((path) => examined.examine(ownFile(path)));
  expect(libraries.map(({ path }) => path)).toEqual([here, gone]);
  expect(examined.examine(ownFile(other))).toEqual([]);

  rmSync(gone);
  const attach = (library: Library) => {
    if (library.path !== here) refusing.attach(library);
  };
  expect(attachLibraries({ attach }, libraries, examined).map(({ path }) => path)).toEqual([here]);
  expect(examined.examine(ownFile(other)).map(({ path }) => path)).toEqual([other]);
  expect(examined.examine(ownFile(here))).toEqual([]);
});

test('what the kernel refuses of a file that is there is an error', () => {
  const libraries = new ExaminedFiles().examine(ownFile(here));
  expect(() => attachLibraries(refusing, libraries, new ExaminedFiles())).toThrow(
    `refused: ${here}`,
  );
});
