import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readRequestUris } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { plaincap, startPlaincap } from './plaincap.ts';
import { type Program, succeed } from './program.ts';

const folder = temporaryFolder();
const CLIENTS = 4;
const MOST_REQUESTS = 20_000;

/** Requests over kept connections, from this process, until they are stopped. */
class Traffic {
  readonly answered: string[] = [];
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  readonly #clients: Promise<unknown>;
  #sent = 0;
  #stopped = false;

  constructor(url: string) {
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#run(url)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
    this.#agent.destroy();
  }

  async #run(url: string): Promise<void> {
    while (!this.#stopped && this.#sent < MOST_REQUESTS) {
      const uri = `${url}?${++this.#sent}`;
      const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
        get(uri, { agent: this.#agent }, resolve).on('error', reject);
      });
      await text(response);
      this.answered.push(uri);
    }
  }
}

/** Resolves when the texts stand in the file, which may be far behind on a busy machine. */
async function holdsAll(file: string, texts: readonly string[]): Promise<void> {
  const holds = () => {
    const bytes = readFileSync(file, 'latin1');
    return texts.every((text) => bytes.includes(`${text} `));
  };
  while (!holds()) await delay(50);
}

describe('a capture under traffic', () => {
  let site: NginxSite;
  let nginx: Program;

  beforeAll(async () => {
    const files = { 'a.bin': Buffer.alloc(2000, 'a') };
    site = await NginxSite.write(folder, makeCertificate(folder), { files });
    nginx = await startNginx(site);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with whole files at %s', async (signal) => {
    const capture = join(folder, `${signal}.pcapng`);
    const recording = join(folder, `${signal}.cbor`);
    const files = ['-w', capture, '-w', recording];
    const program = startPlaincap(['capture', '--pid', `${nginx.pid}`, ...files]);
    await program.says('capturing');
    const traffic = new Traffic(site.url('/a.bin'));
    await expect.poll(() => traffic.answered.length, { timeout: 20_000 }).toBeGreaterThan(300);
    const answered = [...traffic.answered];
    program.kill(signal);
    const { code, stdout, stderr } = await program.ended;
    await traffic.stop();

    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^plaincap: \d+ events, 4 connections, \d+ bytes; 0 bytes lost$/m);
    const uris = await readRequestUris(capture);
    expect(new Set(uris).size).toBe(uris.length);
    expect(answered.filter((uri) => !uris.includes(uri))).toEqual([]);
    expect(traffic.answered.length).toBeGreaterThan(answered.length);
    await succeed('capinfos', [capture]);

    const exported = join(folder, `${signal}.exported.pcapng`);
    expect((await plaincap(['export', recording, '-w', exported])).code).toBe(0);
    expect(readFileSync(exported).equals(readFileSync(capture))).toBe(true);
  });

  it('leaves readable files when it is killed', async () => {
    const capture = join(folder, 'killed.pcapng');
    const recording = join(folder, 'killed.cbor');
    const files = ['-w', capture, '-w', recording];
    const program = startPlaincap(['capture', '--pid', `${nginx.pid}`, ...files]);
    await program.says('capturing');
    const traffic = new Traffic(site.url('/a.bin'));
    await expect.poll(() => traffic.answered.length, { timeout: 20_000 }).toBeGreaterThan(300);
    await traffic.stop();
    const paths = traffic.answered.map((uri) => uri.slice(uri.indexOf('/a.bin')));
    for (const file of [capture, recording]) await holdsAll(file, paths);
    program.kill('SIGKILL');
    await program.ended;

    const exported = join(folder, 'killed.exported.pcapng');
    expect((await plaincap(['export', recording, '-w', exported])).code).toBe(0);
    for (const file of [capture, exported]) {
      const uris = await readRequestUris(file);
      expect(uris.sort()).toEqual(traffic.answered.sort());
    }
  });
});
