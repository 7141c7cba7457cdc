/**
 * An HTTP proxy that is spoken to through TLS, and connects (RFC 9110 section 9.3.6) to wherever it
 * is asked to.
 *
 * Usage: node --import tsx tls-proxy.ts FOLDER HOST PORT
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect } from 'node:net';

const [folder, host, port] = process.argv.slice(2);
const proxy = createServer({
  key: readFileSync(`${folder}/key.pem`),
  cert: readFileSync(`${folder}/cert.pem`),
});
proxy.on('connect', (request, near) => {
  const { hostname, port } = new URL(`tcp://${request.url}`);
  const far = connect(Number(port), hostname, () => {
    near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    far.pipe(near).pipe(far);
  });
  far.on('error', () => near.destroy());
  near.on('error', () => far.destroy());
});
proxy.listen(Number(port), host, () => console.log('listening'));
