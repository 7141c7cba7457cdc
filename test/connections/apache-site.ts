import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../kernel/certificate.ts';
import { freePort } from '../kernel/free-port.ts';
import type { Logged } from '../kernel/nginx.ts';

const MODULES = '/usr/lib/apache2/modules';

/** Files of an apache2 with four processes (MPM prefork) in a folder of its own. */
export class ApacheSite {
  readonly port: number;
  readonly configuration: string;
  readonly #log: string;

  private constructor(folder: string, port: number) {
    this.port = port;
    this.configuration = join(folder, 'apache.conf');
    this.#log = join(folder, 'access.log');
  }

  static async write(parent: string, { key, cert }: Certificate): Promise<ApacheSite> {
    const port = await freePort();
    const folder = join(parent, `apache-${port}`);
    mkdirSync(folder);
    const site = new ApacheSite(folder, port);
    // It serves no files: that a request was refused is logged as well.
    const directives = [
      'ServerName localhost',
      `LoadModule mpm_prefork_module ${MODULES}/mod_mpm_prefork.so`,
      `LoadModule authz_core_module ${MODULES}/mod_authz_core.so`,
      `LoadModule ssl_module ${MODULES}/mod_ssl.so`,
      `DefaultRuntimeDir ${folder}`,
      `PidFile ${folder}/apache.pid`,
      `ErrorLog ${folder}/error.log`,
      'LogFormat "%P %a:%{remote}p %m %U %s" truth',
      `CustomLog ${site.#log} truth`,
      'User nobody',
      'Group nogroup',
      'StartServers 4',
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
