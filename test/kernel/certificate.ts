import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A throw-away certificate of localhost: paths of PEM files. */
export interface Certificate {
  key: string;
  cert: string;
}

export function makeCertificate(folder: string): Certificate {
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const what = ['-x509', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', ...what, ...kind, '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  });
  return { key, cert };
}
