import { once } from 'node:events';
import { connect } from 'node:tls';
import { freePort } from '../kernel/free-port.ts';
import { formatSocket, type Truth } from './truth.ts';
import { listens, start, stop, type Workbench } from './workbench.ts';

/** `openssl s_server`, which sends what is typed. */
export async function captureOpensslServer(bench: Workbench): Promise<Truth> {
  const port = await freePort();
  const [key, cert] = bench.pems;
  const options = ['-accept', `127.0.0.1:${port}`, '-key', key, '-cert', cert, '-brief'];
  const server = start(['openssl', 's_server', ...options]);
  await listens(server, port);
  const truth = bench.newTruth();
  await bench.captureWhile(server.pid, async () => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { localAddress, localPort } = socket;
    const place = {
      client: formatSocket([localAddress as string, localPort as number]),
      server: `127.0.0.1:${port}`,
    };
    for (const number of [0, 1]) {
      truth.tell(`tok_request${number}_`, place);
      truth.tell(`tok_answer${number}_`, place);
      socket.write(`tok_request${number}_\n`);
      server.type(`tok_answer${number}_\n`);
      await once(socket, 'data');
    }
    socket.end();
    await once(socket, 'close');
  });
  await stop(server);
  return truth;
}
