import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listProgramFiles } from '../../src/targets/program-file.ts';
import { resolveCommand } from '../../src/targets/resolve-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'plaincap-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

describe('listProgramFiles', () => {
  it('gives a binary itself', () => {
    expect(listProgramFiles(process.execPath)).toEqual([process.execPath]);
  });

  it('gives the interpreter of a script', () => {
    expect(listProgramFiles(script('a.sh', '#!/bin/sh\nexit\n'))).toEqual(['/bin/sh']);
    expect(listProgramFiles(script('b.sh', '#! /bin/sh -e\nexit\n'))).toEqual(['/bin/sh']);
  });

  it('gives what env runs', () => {
    const files = listProgramFiles(script('c', '#!/usr/bin/env -S A=b sh -e\n'));
    expect(files.map((file) => basename(file))).toEqual(['env', 'sh']);
  });

  it('gives the interpreter of a script that is an interpreter', () => {
    const inner = script('inner', '#!/bin/sh\n');
    expect(listProgramFiles(script('outer', `#!${inner}\n`))).toEqual(['/bin/sh']);
  });

  it('ends with scripts that run each other, and gives nothing for what cannot be read', () => {
    const path = join(folder, 'loop');
    script('loop', `#!${path}\n`);
    expect(listProgramFiles(path)).toEqual([path]);
    expect(listProgramFiles(join(folder, 'missing'))).toEqual([]);
    expect(listProgramFiles(script('bare', '#!\n'))).toEqual([]);
  });
});

describe('resolveCommand', () => {
  it('searches PATH, and takes a path as it is', () => {
    expect(resolveCommand('sh')).toMatch(/^\/.*\/sh$/);
    expect(resolveCommand('/bin/sh')).toBe('/bin/sh');
  });

  it.each(['no-such-command-at-all', join(folder, 'missing'), folder])('refuses %s', (name) => {
    expect(() => resolveCommand(name)).toThrow(
      expect.objectContaining({ exitCode: 127, message: `${name}: command not found` }),
    );
  });
});
