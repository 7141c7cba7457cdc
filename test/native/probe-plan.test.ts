import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAddon, type ProbedSymbol } from '../../src/native/addon.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const addon = loadAddon();
const folder = temporaryFolder();

/** What OpenSSL has: two functions of the interface around one that has no symbol elsewhere. */
const LIBRARY = `
  #include <stddef.h>
  int transfer(void *, void *, size_t, size_t *);
  void note(void *);
  __attribute__((noinline)) static int internal(void *s, void *b, size_t n, size_t *done) {
    note(s);
    int result = transfer(s, b, n, done);
    note(b);
    return result;
  }
  int SSL_read(void *s, void *b, int n) {
    size_t done;
    if (n < 0) return -1;
    int result = internal(s, b, (size_t)n, &done);
    return result > 0 ? (int)done : result;
  }
`;
const FORWARDS = `
  int SSL_read_ex(void *s, void *b, size_t n, size_t *done) {
    int result = internal(s, b, n, done);
    return result < 0 ? 0 : result;
  }
`;

let libraries = 0;

/** Compiles a shared library, and returns its functions by name, those without symbols included. */
function compile(source: string, ...flags: string[]): Record<string, ProbedSymbol> {
  const path = join(folder, `${libraries++}.so`);
  writeFileSync(`${path}.c`, source);
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', ...flags, '-o', path, `${path}.c`]);
  const names = ['SSL_read', 'SSL_read_ex', 'SSL_free', 'internal'];
  return Object.fromEntries(addon.readSymbols(path, names).symbols.map((one) => [one.name, one]));
}

function isProbedItself(symbol: ProbedSymbol | undefined): boolean {
  return symbol?.probedAs === undefined && symbol?.returnDistance === undefined;
}

describe('where a function is probed', () => {
  it('in the one that two of OpenSSL share', () => {
    const plain = compile(LIBRARY + FORWARDS, '-fcf-protection=none');
    const internal = plain.internal?.offset;
    expect(plain.SSL_read).toMatchObject({ probedAt: internal, probedAs: 'SSL_read_ex' });
    expect(plain.SSL_read_ex).toMatchObject({ probedAt: internal });
    expect(plain.SSL_read_ex?.probedAs).toBeUndefined();
  });

  it('at the first instruction that the kernel emulates, if nothing leads back to it', () => {
    const assembly = (free: string) =>
      compile(`
        __asm__(".globl SSL_free; .type SSL_free, @function; SSL_free: ${free} ret;"
                ".size SSL_free, . - SSL_free");`).SSL_free;
    const at = (free: string) => {
      const { offset, probedAt = offset } = assembly(free) as ProbedSymbol;
      return probedAt - offset;
    };
    expect(at('push %rbx; pop %rbx;')).toBe(0);
    expect(at('push %r12; pop %r12;')).toBe(0);
    expect(at('endbr64; push %rbx; pop %rbx;')).toBe(4);
    expect(at('test %rdi, %rdi; je 1f; nop; 1:')).toBe(3);
    expect(at('xor %eax, %eax; test %edx, %edx; jle 1f; inc %eax; 1:')).toBe(4);
    // These change an argument, the stack, or run more than once a call.
    expect(at('mov %rsi, %rdi; push %rbx; pop %rbx;')).toBe(0);
    expect(at('sub $8, %rsp; push %rbx; pop %rbx; add $8, %rsp;')).toBe(0);
    expect(at('inc %eax; 1: dec %eax; jne 1b;')).toBe(0);
    expect(at('ret; push %rbx;')).toBe(0);
  });

  it('behind endbr64', () => {
    const { SSL_free, SSL_read_ex, internal } = compile(
      `${LIBRARY + FORWARDS} void SSL_free(void *s) { note(s); note(s); }`,
      '-fcf-protection=branch',
    );
    expect(SSL_free?.probedAt).toBe((SSL_free?.offset as number) + 4);
    expect(SSL_read_ex?.probedAt).toBe(internal?.offset);
  });

  it.each([
    ['no second one passes on its arguments', ''],
    ['the second one changes an argument', FORWARDS.replace(', n, done', ', n + 1, done')],
    ['the second one may not call it', FORWARDS.replace('int result', 'if (!n) return 0; $&')],
    ['the second one calls it again', FORWARDS.replace('return', 'internal(s, b, n, done); $&')],
    ['the second one calls another', FORWARDS.replace('internal', 'transfer')],
    ['it cannot be emulated either', `${FORWARDS}/* no push */`],
  ])('in itself if %s', (reason, second) => {
    const first = reason.startsWith('it cannot')
      ? LIBRARY.replace(/note\([sb]\);/g, '').replace(
          'int result = transfer',
          'b = (char *)b + 1; $&',
        )
      : LIBRARY;
    const { SSL_read, SSL_read_ex } = compile(first + second, '-fcf-protection=none');
    expect(isProbedItself(SSL_read)).toBe(true);
    if (second) expect(isProbedItself(SSL_read_ex)).toBe(true);
  });
});

it("in this machine's libssl, tells callers apart by where the shared function returns", () => {
  const paths = execFileSync('sh', ['-c', 'ls /usr/lib/*/libssl.so.3'], { encoding: 'utf8' });
  const path = paths.trim();
  for (const [first, second] of [
    ['SSL_read', 'SSL_read_ex'],
    ['SSL_write', 'SSL_write_ex'],
  ] as const) {
    const code = execFileSync('objdump', ['-d', `--disassemble=${second}`, path], {
      encoding: 'utf8',
    });
    const call = /\tcall +([0-9a-f]+).*\n +([0-9a-f]+):/.exec(code);
    const [target, next] = call?.slice(1).map((hex) => Number.parseInt(hex, 16)) ?? [];
    const { symbols } = addon.readSymbols(path, [first, second]);
    // libssl's text segment is mapped at its file offset.
    expect(symbols).toMatchObject([
      { name: first, probedAt: target, probedAs: second },
      { name: second, probedAt: target, returnDistance: (next as number) - (target as number) },
    ]);
  }
});
