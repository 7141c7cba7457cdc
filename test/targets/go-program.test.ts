import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { findLibraries } from '../../src/targets/find-libraries.ts';
import { readLibrary, requireLibrary } from '../../src/targets/library.ts';
import { UserError } from '../../src/user-error.ts';
import { buildGo } from '../kernel/go-build.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();
const BUILD_MS = 240_000;

function pathOf(command: string): string {
  return execFileSync('sh', ['-c', `readlink -f $(command -v ${command})`], {
    encoding: 'utf8',
  }).trim();
}

describe('a Go program with crypto/tls', () => {
  it(
    'is a library of the kind go, whether it is stripped or not',
    async () => {
      for (const flags of [[], ['-ldflags=-s -w']]) {
        const path = await buildGo(folder, 'server', flags);
        const library = readLibrary(path);
        expect(library?.kind).toMatchObject({ name: 'go', title: 'Go crypto/tls' });
        expect(library?.go).toEqual({
          version: expect.stringMatching(/^go1\.\d+/),
          stripped: flags.length > 0,
        });
        const returns = library?.symbols.map((symbol) => [
          symbol.name,
          symbol.returns?.length ?? 0,
        ]);
        expect(returns).toEqual(
          expect.arrayContaining([['crypto/tls.(*Conn).Read', expect.any(Number)]]),
        );
        for (const [, count] of returns ?? []) expect(count).toBeGreaterThan(0);
        expect(findLibraries({ files: [], pids: [], programs: [path] })[0]).toMatchObject({ path });
      }
    },
    BUILD_MS,
  );
});

describe('--lib with a Go program that cannot be probed', () => {
  function refusalOf(path: string): string {
    try {
      requireLibrary(path);
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    return 'none';
  }

  it('says that it does not use crypto/tls', () => {
    expect(refusalOf(pathOf('gofmt'))).toMatch(/gofmt is a Go program without crypto\/tls; give/);
  });
});
