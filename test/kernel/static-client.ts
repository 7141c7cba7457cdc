import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, 'programs/tls_client.c');

/** Builds tls_client with OpenSSL inside: a file that no capture has seen. Returns its path. */
export function buildStaticClient(folder: string): string {
  const program = join(folder, 'tls_client');
  // The linker warns of getaddrinfo() in static programs.
  execFileSync('gcc', ['-O1', '-static', '-w', SOURCE, '-o', program, '-lssl', '-lcrypto'], {
    stdio: 'pipe',
  });
  return program;
}
