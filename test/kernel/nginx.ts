import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { Program } from './program.ts';

/** A line of the access log: the truth that a capture is compared with. */
export interface Logged {
  /** Of the worker. */
  pid: number;
  /** `address:port`. */
  client: string;
  method: string;
  path: string;
  status: number;
}

export interface NginxOptions {
  workers?: number;
  /** What it serves, by name. Names in `.txt` are sent with gzip if the client takes it. */
  files?: Record<string, Uint8Array>;
  /** Where requests below `/upstream/` are sent on to. */
  upstream?: string;
  /** What it listens on, as `listen` spells it. */
  address?: string;
  listenOptions?: string;
  /** Versions of TLS, as `ssl_protocols` spells them. */
  protocols?: string;
  /** Without TLS. */
  plain?: boolean;
  /** Whether the kernel sends the files. */
  sendfile?: boolean;
}

/** Files and configuration of an nginx in a folder of its own. */
export class NginxSite {
  readonly port: number;
  readonly configuration: string;
  readonly #scheme: string;
  readonly #log: string;

  private constructor(folder: string, port: number, { plain }: NginxOptions) {
    this.port = port;
    this.#scheme = plain ? 'http' : 'https';
    this.configuration = join(folder, 'nginx.conf');
    this.#log = join(folder, 'access.log');
  }

  static async write(
    parent: string,
    certificate: Certificate,
    options: NginxOptions = {},
  ): Promise<NginxSite> {
    const port = await freePort();
    const folder = join(parent, `nginx-${port}`);
    const root = join(folder, 'www');
    mkdirSync(root, { recursive: true });
    for (const [name, bytes] of Object.entries(options.files ?? {})) {
      writeFileSync(join(root, name), bytes);
    }
    const site = new NginxSite(folder, port, options);
    writeFileSync(site.configuration, configurationOf(folder, port, certificate, options));
    return site;
  }

  url(path: string): string {
    return `${this.#scheme}://localhost:${this.port}${path}`;
  }

  /** The requests that were answered, in the order of their ends. */
  logged(): Logged[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [pid, client, method, path, status] = line.split(' ') as [
        string,
        string,
        string,
        string,
        string,
      ];
      return { pid: Number(pid), client, method, path, status: Number(status) };
    });
  }

  /** Resolves when something listens on the port. */
  async isUp(): Promise<void> {
    while (!(await canConnect(this.port))) await delay(10);
  }
}

/** Starts nginx, gone after the file's last test. */
export async function startNginx(site: NginxSite): Promise<Program> {
  const nginx = new Program('nginx', ['-c', site.configuration], { timeoutMs: 300_000 });
  await Promise.race([
    site.isUp(),
    nginx.ended.then(({ stderr }) => {
      throw new Error(`nginx ended: ${stderr}`);
    }),
  ]);
  return nginx;
}

function configurationOf(
  folder: string,
  port: number,
  { key, cert }: Certificate,
  options: NginxOptions,
): string {
  const { workers = 1, upstream, address = '127.0.0.1', listenOptions = '', protocols } = options;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    user root;
    worker_processes ${workers};
    pid ${folder}/nginx.pid;
    error_log stderr;
    events { worker_connections 512; }
    http {
      log_format truth '$pid $remote_addr:$remote_port $request_method $request_uri $status';
      access_log ${folder}/access.log truth;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
      types { text/plain txt; }
      default_type application/octet-stream;
      keepalive_requests 1000000;
      gzip on;
      gzip_types text/plain;
      ssl_certificate ${cert};
      ssl_certificate_key ${key};
      ${protocols ? `ssl_protocols ${protocols};` : ''}
      server {
        listen ${address}:${port} ${options.plain ? '' : 'ssl http2'} reuseport ${listenOptions};
        sendfile ${options.sendfile ? 'on' : 'off'};
        root ${folder}/www;
        location /accepted { return 202 "accepted\\n"; }
        ${upstream ? upstreamLocation(upstream) : ''}
      }
    }
  `;
}

/** On HTTP/1.1: tshark 4.0 shows no response that ends with its connection, in true TLS neither. */
function upstreamLocation(upstream: string): string {
  return `
    location /upstream/ {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  `;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
