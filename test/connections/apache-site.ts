import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Certificate } from '../kernel/certificate.ts';
import { freePort } from '../kernel/free-port.ts';
import type { Logged } from '../kernel/nginx.ts';

const MODULES = '/usr/lib/apache2/modules';

/** Files of an apache2 in a folder of its own. */
export class ApacheSite {
  readonly port: number;
  readonly configuration: string;
  readonly #log: string;

  private constructor(folder: string, port: number) {
    this.port = port;
    this.configuration = join(folder, 'apache.conf');
    this.#log = join(folder, 'access.log');
  }

  /**
   * @param files what it serves, by name, with threads (MPM event), also over HTTP/2. Without any,
   *   it has four processes (MPM prefork), and refuses each request, which is logged as well.
   */
  static async write(
    parent: string,
    { key, cert }: Certificate,
    files?: Record<string, Uint8Array>,
  ): Promise<ApacheSite> {
    const port = await freePort();
    const folder = join(parent, `apache-${port}`);
    mkdirSync(folder);
    const site = new ApacheSite(folder, port);
    const directives = [
      'ServerName localhost',
      ...(files ? serving(folder, files) : [loads('mpm_prefork_module'), 'StartServers 4']),
      loads('authz_core_module'),
      loads('ssl_module'),
      `DefaultRuntimeDir ${folder}`,
      `PidFile ${folder}/apache.pid`,
      `ErrorLog ${folder}/error.log`,
      'LogFormat "%P %a:%{remote}p %m %U %s" truth',
      `CustomLog ${site.#log} truth`,
      'User nobody',
      'Group nogroup',
      `Listen 127.0.0.1:${port}`,
      'SSLEngine on',
      `SSLCertificateFile ${cert}`,
      `SSLCertificateKeyFile ${key}`,
    ];
    writeFileSync(site.configuration, `${directives.join('\n')}\n`);
    return site;
  }

  url(path: string): string {
    return `https://localhost:${this.port}${path}`;
  }

  /** The requests that were answered, in the order of their ends. */
  logged(): Logged[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [pid, client = '', method = '', path = '', status] = line.split(' ');
      return { pid: Number(pid), client, method, path, status: Number(status) };
    });
  }
}

function loads(module: string): string {
  return `LoadModule ${module} ${MODULES}/mod_${module.replace(/_module$/, '')}.so`;
}

function serving(folder: string, files: Record<string, Uint8Array>): string[] {
  const root = join(folder, 'www');
  mkdirSync(root);
  // Its threads are nobody's.
  chmodSync(dirname(folder), 0o711);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(root, name), bytes);
  return [
    ...['mpm_event_module', 'http2_module', 'deflate_module', 'filter_module', 'mime_module'].map(
      loads,
    ),
    'Protocols h2 http/1.1',
    `DocumentRoot ${root}`,
    'TypesConfig /dev/null',
    'AddType text/plain .txt',
    'AddOutputFilterByType DEFLATE text/plain',
  ];
}
