// PORT KEY CERT: node's server for HTTP/1.1 and HTTP/2, on IPv4 and IPv6. It answers with the
// message that it got.
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';

const [port, key, cert] = process.argv.slice(2);
const pems = { key: readFileSync(key), cert: readFileSync(cert) };

const server = createSecureServer({ ...pems, allowHTTP1: true }, async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const [token] = `${request.url} ${body}`.match(/tok_[0-9a-z]+_/) ?? [];
  const { localAddress, localPort, remoteAddress, remotePort } = request.socket;
  const local = [localAddress, localPort];
  const remote = [remoteAddress, remotePort];
  console.log(JSON.stringify({ token, role: 'server', local, remote }));
  const url = new URL(request.url, 'https://localhost');
  const bytes = Number(url.searchParams.get('bytes') ?? token.length);
  response.writeHead(200, { 'content-length': bytes });
  response.end(Buffer.alloc(bytes, token));
});
server.on('sessionError', () => {});
server.listen(Number(port), '::', () => console.error('ready'));
