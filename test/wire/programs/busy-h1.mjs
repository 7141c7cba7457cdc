// HOST:PORT: four HTTP/1.1 connections at a time, with more than a small ring holds, both ways; then
// each says some more, slowly.
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

const [host, port] = process.argv[2].split(':');

async function ask(agent, method, path, body) {
  const asked = request({ host, port, agent, method, path });
  for (const piece of body ?? []) asked.write(piece);
  asked.end();
  const [response] = await once(asked, 'response');
  await once(response.resume(), 'end');
}

async function talk(number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const turn of [0, 1]) {
    await ask(agent, 'GET', `/${number}/${turn}/down?bytes=${100_000 + 777 * number}`);
    const piece = Buffer.alloc(7000 + number, `${number} ${turn} `);
    await ask(agent, 'POST', `/${number}/${turn}/up`, [piece, piece, piece, piece]);
    await ask(agent, 'GET', `/chunked`);
  }
  await delay(400 + 100 * number);
  for (const turn of [0, 1, 2]) {
    await ask(agent, 'GET', `/${number}/${turn}/after?bytes=70`);
    await delay(50);
  }
  agent.destroy();
}

await Promise.all([0, 1, 2, 3].map(talk));
