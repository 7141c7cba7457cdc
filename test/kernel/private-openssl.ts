import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAddon } from '../../src/native/addon.ts';

/** A copy of OpenSSL's libraries that only programs load which are told to. */
export class PrivateOpenssl {
  readonly env: Record<string, string>;
  readonly folder: string;
  /** Of the copied libssl, and of the one that all other programs use. */
  readonly path: string;
  readonly original: string;

  constructor(parent: string) {
    this.folder = join(parent, 'openssl');
    mkdirSync(this.folder, { recursive: true });
    const paths = execFileSync('sh', ['-c', 'ls /usr/lib/*/libssl.so.3'], { encoding: 'utf8' });
    this.original = paths.split('\n')[0] as string;
    for (const name of ['libssl.so.3', 'libcrypto.so.3']) {
      copyFileSync(join(dirname(this.original), name), join(this.folder, name));
    }
    this.path = join(this.folder, 'libssl.so.3');
    this.env = { LD_LIBRARY_PATH: this.folder };
  }

  /** Where SSL_read and SSL_write begin, and where plaincap probes for them. */
  offsets(): { entries: number[]; planned: number[] } {
    const addon = loadAddon();
    const symbols = addon
      .readSymbols(this.path, addon.functionNames)
      .symbols.filter(({ name }) => name === 'SSL_read' || name === 'SSL_write');
    return {
      entries: symbols.map(({ offset }) => offset),
      planned: symbols.map(({ offset, probedAt = offset }) => probedAt),
    };
  }
}
