import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GoProgram, loadAddon } from '../../src/native/addon.ts';
import { buildGo } from '../kernel/go-build.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { encodeGoElf, type GoElf } from './go-elf.ts';

const addon = loadAddon();
const folder = temporaryFolder();
const READ = 'crypto/tls.(*Conn).Read';
const NAMES = addon.functionNames.filter((name) => name.startsWith('crypto/tls.'));

function read(path: string): GoProgram {
  const program = addon.readGoProgram(path, NAMES);
  if (!program) throw new Error(`${path} was not made by Go`);
  return program;
}

/** Addresses of the RETs that Go's own disassembler finds, by function. */
function disassembledReturns(program: string): Record<string, number[]> {
  const text = execFileSync('go', ['tool', 'objdump', '-s', '^crypto/tls', program], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const returns: Record<string, number[]> = {};
  for (const part of text.split('TEXT ').slice(1)) {
    const name = part.slice(0, part.indexOf('(SB)'));
    if (!NAMES.includes(name)) continue;
    returns[name] = [...part.matchAll(/0x([0-9a-f]+)\t+c3\t+RET/g)].map((match) =>
      Number.parseInt(match[1] as string, 16),
    );
  }
  return returns;
}

describe('readGoProgram', () => {
  /** Go's linker maps the text of a program at this much more than its offset in the file. */
  const TEXT_ADDRESS = 0x400000;
  let plain: string;

  beforeAll(async () => {
    plain = await buildGo(folder, 'client');
  }, 240_000);

  it('finds each RET that Go itself disassembles', () => {
    const expected = disassembledReturns(plain);
    const found = read(plain).symbols.map(({ name, returns = [] }) => [
      name,
      returns.map((offset) => offset + TEXT_ADDRESS),
    ]);
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(Object.keys(expected)).toHaveLength(5);
    for (const { offset, returns = [] } of read(plain).symbols) {
      for (const at of returns) expect(at).toBeGreaterThan(offset);
    }
  });

  it.each([
    ['-ldflags=-s -w'],
    ['-buildmode=pie', '-ldflags=-s -w'],
    ['-ldflags=-s -w -linkmode=external'],
    ['-buildmode=pie', '-ldflags=-s -w -linkmode=external'],
  ])(
    'finds in a stripped file what it finds in the whole one: %s %s',
    async (...flags) => {
      const stripped = read(await buildGo(folder, 'client', flags));
      const whole = flags.map((flag) => flag.replace('-s -w', ''));
      expect(stripped.symbols).toEqual(read(await buildGo(folder, 'client', whole)).symbols);
      expect(stripped.symbols).toHaveLength(5);
      expect(stripped).toMatchObject({ stripped: true, version: read(plain).version });
      expect(stripped.reason).toBeUndefined();
      expect(read(plain).stripped).toBe(false);
    },
    240_000,
  );

  it("says Go's version", () => {
    const [, version] = execFileSync('go', ['version'], { encoding: 'utf8' }).split('version ');
    expect(read(plain).version).toBe(version?.split(' ')[0]);
  });

  it('finds no function in a program without crypto/tls', () => {
    const path = execFileSync('sh', ['-c', 'readlink -f $(command -v gofmt)'], {
      encoding: 'utf8',
    });
    expect(read(path.trim())).toMatchObject({ symbols: [] });
    expect(read(path.trim()).reason).toBeUndefined();
  });

  it('is undefined for programs of other languages, and throws for what is no program', () => {
    expect(addon.readGoProgram('/bin/true', NAMES)).toBeUndefined();
    expect(addon.readGoProgram(process.execPath, NAMES)).toBeUndefined();
    expect(() => addon.readGoProgram('/etc/passwd', NAMES)).toThrow(
      expect.objectContaining({ code: 'ENOEXEC' }),
    );
    expect(() => addon.readGoProgram(join(folder, 'missing'), NAMES)).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });

  it('survives damage anywhere in the function table', async () => {
    const path = await buildGo(folder, 'client', ['-ldflags=-s -w']);
    const sound = readFileSync(path);
    const header = sound.indexOf(Buffer.from('f0ffffff00000108', 'hex'));
    expect(header).toBeGreaterThan(0);
    const functions = header + Number(sound.readBigUInt64LE(header + 8 + 7 * 8));
    const names = header + Number(sound.readBigUInt64LE(header + 8 + 3 * 8));
    const fd = openSync(path, 'r+');
    let reasons = 0;
    try {
      for (const start of [header, names, functions, functions + 4096]) {
        for (let at = start; at < start + 256; at += 4) {
          for (const damage of ['ffffffffffffffff', '0000000000000000', '000000ff', '7f']) {
            writeSync(fd, Buffer.from(damage, 'hex'), 0, damage.length / 2, at);
            const { symbols, reason } = read(path);
            if (reason !== undefined) reasons++;
            for (const { offset } of symbols) expect(offset).toBeLessThan(sound.length);
            writeSync(fd, sound, at, 8, at);
          }
        }
      }
    } finally {
      closeSync(fd);
    }
    expect(reasons).toBeGreaterThan(10);
    expect(read(path).symbols).toHaveLength(5);
  });

  it('survives a file that is cut off', () => {
    const sound = readFileSync(plain);
    const path = join(folder, 'cut');
    for (let part = 1; part < 64; part++) {
      writeFileSync(path, sound.subarray(0, Math.floor((sound.length * part) / 64)));
      try {
        const program = addon.readGoProgram(path, NAMES);
        for (const { offset } of program?.symbols ?? []) expect(offset).toBeLessThan(sound.length);
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOEXEC');
      }
    }
  });
});

describe('readGoProgram of a table as Go 1.16 and 1.17 write it', () => {
  const GO_116 = 0xfffffffa;
  // cmp rsp, [r14+16]; jbe; nop; ret; nop; ret
  const registers = Buffer.from('493b66107605' + '90c390c3', 'hex');
  // mov rcx, fs:[-8]; cmp rsp, [rcx+16]; jbe; ret
  const stack = Buffer.from('64488b0c25f8ffffff' + '483b6110' + '7600' + 'c3', 'hex');

  function readEncoded(program: GoElf): GoProgram {
    const path = join(folder, 'encoded');
    writeFileSync(path, encodeGoElf(program));
    return read(path);
  }

  it('finds functions that take arguments in registers', () => {
    const code = { 'main.main': stack, [READ]: registers };
    const begin = 0x1000 + stack.length;
    expect(readEncoded({ magic: GO_116, code }).symbols).toEqual([
      { name: READ, offset: begin + 6, returns: [begin + 7, begin + 9] },
    ]);
  });

  it.each([
    [
      'functions with arguments on the stack',
      { magic: GO_116, code: { [READ]: stack } },
      /registers/,
    ],
    ['a Go older than 1.16', { magic: 0xfffffffb, code: { [READ]: stack } }, /older than 1\.17/],
    ['an unknown table', { magic: 0xffffff00, code: { [READ]: registers } }, /unknown format/],
    ['another machine', { magic: GO_116, machine: 183, code: { [READ]: registers } }, /x86-64/],
    [
      'bytes that are no instruction',
      { magic: GO_116, code: { [READ]: Buffer.concat([registers, Buffer.from([6])]) } },
      /unknown instructions/,
    ],
    [
      'a function that does not return',
      { magic: GO_116, code: { [READ]: registers.subarray(0, 6) } },
      /never returns/,
    ],
  ])('says why it cannot probe %s', (_, program, reason) => {
    const { symbols, reason: told } = readEncoded(program);
    expect(symbols).toEqual([]);
    expect(told).toMatch(reason);
  });
});
