import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './program.ts';
import { FOLDER, type Sample } from './sample.ts';
import { UPLOAD_BODY } from './traffic/upload-body.ts';

/** What `plaincap capture` exits with when SIGTERM ended the command: as shells say it. */
const EXIT_SIGTERM = 143;

/**
 * Captures a sample's traffic into a recording.
 *
 * @param path of the recording
 */
export async function captureSample(sample: Sample, path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plaincap-sample-'));
  try {
    await new Program(['sh', 'samples/traffic/certificate.sh', folder]).requireExit(0);
    writeFileSync(join(folder, 'upload'), UPLOAD_BODY);
    await CAPTURES[sample.captured](sample, folder, path);
  } finally {
    rmSync(folder, { recursive: true });
  }
  chmodSync(path, 0o644);
}

const CAPTURES: Record<
  Sample['captured'],
  (sample: Sample, folder: string, path: string) => Promise<void>
> = {
  client: async (sample, folder, path) => {
    const server = sample.server && start(sample.server, folder);
    await server?.line();
    const captured = start(capture(path, '--', ...sample.client), folder);
    await captured.requireExit(sample.exitCode ?? 0);
    await server?.end('SIGTERM');
  },

  server: async (sample, folder, path) => {
    const captured = start(capture(path, '--', ...(sample.server ?? [])), folder);
    await captured.line();
    await start(sample.client, folder).requireExit(sample.exitCode ?? 0);
    captured.end('SIGTERM');
    await captured.requireExit(EXIT_SIGTERM);
  },

  'late-client': async (sample, folder, path) => {
    const server = sample.server && start(sample.server, folder);
    await server?.line();
    const client = start(sample.client, folder);
    await client.line();
    const captured = start(capture(path, '--pid', String(client.pid)), folder);
    await captured.complaint();
    await client.requireExit(sample.exitCode ?? 0);
    captured.end('SIGINT');
    await captured.requireExit(0);
    await server?.end('SIGTERM');
  },
};

function capture(path: string, ...args: string[]): string[] {
  return ['node', 'dist/cli.js', 'capture', '-w', path, ...args];
}

/** Its clients trust the folder's certificate. */
function start(command: readonly string[], folder: string): Program {
  const certificate = join(folder, 'cert.pem');
  return new Program(
    command.map((word) => word.replace(FOLDER, folder)),
    {
      CURL_CA_BUNDLE: certificate,
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
      SSL_CERT_FILE: certificate,
    },
  );
}
