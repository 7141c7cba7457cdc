import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { compile } from './c-program.ts';
import { makeCertificate } from './certificate.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';

const folder = temporaryFolder();

it('tells each call once, by the function that the program called', async () => {
  const { key, cert } = makeCertificate(folder);
  const program = compile('ssl-callers', folder, ['-lssl', '-lcrypto']);
  const recording = join(folder, 'callers.cbor');
  await captureCommand([recording], [program, key, cert]);
  const calls = await readCalls(recording);
  expect(calls.map(({ function: name, bytes }) => `${name} ${bytes}`)).toEqual([
    'SSL_write plain',
    'SSL_read plain',
    'SSL_write_ex extended',
    'SSL_read_ex extended',
    // BIO_f_ssl() calls what SSL_write and SSL_read call, and has no name of its own.
    'SSL_write filter',
    'SSL_read filter',
  ]);
});
