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
  const run = new SampleRun(sample, path);
  try {
    await run.prepare();
    await run[sample.captured]();
  } finally {
    await run.end();
  }
  chmodSync(path, 0o644);
}

/** The programs of a sample, and their folder. */
class SampleRun {
  readonly #sample: Sample;
  readonly #path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'plaincap-sample-'));
  readonly #started: Program[] = [];

  constructor(sample: Sample, path: string) {
    this.#sample = sample;
    this.#path = path;
  }

  async prepare(): Promise<void> {
    await this.#start('sh', 'samples/traffic/certificate.sh', this.#folder).requireExit(0);
    writeFileSync(join(this.#folder, 'upload'), UPLOAD_BODY);
  }

  async client(): Promise<void> {
    await this.#startServers();
    const { client, exitCode = 0 } = this.#sample;
    await this.#capture('--', ...client).requireExit(exitCode);
  }

  async server(): Promise<void> {
    const { servers, client } = this.#sample;
    const captured = this.#capture('--', ...servers.flat());
    await captured.line();
    await this.#start(...client).requireExit(0);
    captured.kill('SIGTERM');
    await captured.requireExit(EXIT_SIGTERM);
  }

  async 'late-client'(): Promise<void> {
    await this.#startServers();
    const client = this.#start(...this.#sample.client);
    await client.line();
    const captured = this.#capture('--pid', `${client.pid}`);
    await captured.complaint();
    client.write('go on\n');
    await client.requireExit(0);
    captured.kill('SIGINT');
    await captured.requireExit(0);
  }

  /** Leaves nothing behind, also of a run that failed. */
  async end(): Promise<void> {
    for (const program of this.#started) program.kill('SIGTERM');
    await Promise.all(this.#started.map(({ exit }) => exit));
    rmSync(this.#folder, { recursive: true });
  }

  async #startServers(): Promise<void> {
    for (const server of this.#sample.servers) await this.#start(...server).line();
  }

  #capture(...args: string[]): Program {
    return this.#start('node', 'dist/cli.js', 'capture', '-w', this.#path, ...args);
  }

  /** Its clients trust the folder's certificate. */
  #start(...command: string[]): Program {
    const certificate = join(this.#folder, 'cert.pem');
    const words = command.map((word) => word.replace(FOLDER, this.#folder));
    const program = new Program(words, {
      CURL_CA_BUNDLE: certificate,
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
      SSL_CERT_FILE: certificate,
    });
    this.#started.push(program);
    return program;
  }
}
