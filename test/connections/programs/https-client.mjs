// PORT CONNECTIONS REQUESTS h1|h2 [late] [download] [?QUERY] [HOST...]: node's client, all
// connections at a time. With `late` they go on after the first request when they are told to. With
// `download` the program is ready while responses are still coming.
import { once } from 'node:events';
import { connect } from 'node:http2';
import { Agent, request } from 'node:https';

const [port, connections, requests] = process.argv.slice(2, 5).map(Number);
const words = process.argv.slice(5);
const query = words.find((word) => word.startsWith('?')) ?? '';
const addresses = words.filter((word) => /[.:]/.test(word));
const hosts = addresses.length > 0 ? addresses : ['127.0.0.1'];

function tell(token, { localAddress, localPort, remoteAddress, remotePort }) {
  const local = [localAddress, localPort];
  const remote = [remoteAddress, remotePort];
  console.log(JSON.stringify({ token, role: 'client', local, remote }));
}

let isReady = false;
function ready() {
  if (!isReady) console.error('ready');
  isReady = true;
}

async function receive(stream) {
  if (words.includes('download')) stream.once('data', ready);
  stream.resume();
  await once(stream, 'end');
}

class Http1 {
  #agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  #host;

  constructor(host) {
    this.#host = host;
  }

  async ask(token) {
    const path = `/${token}${query}`;
    const message = request({ host: this.#host, port, path, agent: this.#agent });
    message.end();
    const [response] = await once(message, 'response');
    tell(token, response.socket);
    await receive(response);
  }

  close() {
    this.#agent.destroy();
  }
}

class Http2 {
  #session;

  constructor(host) {
    const authority = host.includes(':') ? `[${host}]` : host;
    this.#session = connect(`https://${authority}:${port}`, { rejectUnauthorized: false });
  }

  async ask(token) {
    const stream = this.#session.request({ ':path': `/${query}`, ':method': 'POST' });
    stream.end(token);
    await once(stream, 'response');
    tell(token, this.#session.socket);
    await receive(stream);
  }

  close() {
    this.#session.close();
  }
}

const Client = words.includes('h2') ? Http2 : Http1;
const everyone = Array.from(
  { length: connections },
  (_, number) => new Client(hosts[number % hosts.length]),
);
await Promise.all(everyone.map((each, number) => each.ask(`tok_c${number}_`)));
if (words.includes('late')) {
  ready();
  await once(process.stdin, 'data');
}
await Promise.all(
  everyone.map(async (each, number) => {
    for (let round = 1; round < requests; round++) await each.ask(`tok_c${number}r${round}_`);
    each.close();
  }),
);
process.stdin.destroy();
