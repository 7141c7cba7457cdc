import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();

/** A request, its chunked response, and then: close, abort, or wait for the server. */
const CLIENT = `
import socket, ssl, struct, sys
port, path, end = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl._create_unverified_context()
sock = context.wrap_socket(socket.create_connection(('127.0.0.1', port)))
sock.sendall(b'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' % path.encode())
answer = b''
while not answer.endswith(b'0\\r\\n\\r\\n'):
    answer += sock.recv(65536)
if end == 'abort':
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
elif end == 'wait':
    try:
        while sock.recv(65536):
            pass
    except OSError:
        pass
sock.close()
`;

describe('the end of a connection', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
  });

  /** Captures the client, and tells by their source ports who sent a FIN or RST, in order. */
  async function captureEnd(path: string, end: string) {
    const capture = join(folder, `${end}${path.replaceAll('/', '-')}.pcapng`);
    await captureCommand([capture], ['python3', '-c', CLIENT, `${server.port}`, path, end]);
    expect(server.received.at(-1)?.path).toBe(path);
    const clientPort = server.received.at(-1)?.client.split(':').at(-1);
    const sources = async (filter: string) => {
      const rows = await readFields(capture, filter, ['tcp.srcport']);
      return rows.map((row) => (row['tcp.srcport'][0] === clientPort ? 'client' : 'server'));
    };
    return {
      capture,
      fins: await sources('tcp.flags.fin == 1'),
      resets: await sources('tcp.flags.reset == 1'),
    };
  }

  it('is a FIN of both when the client closes', async () => {
    const { fins, resets } = await captureEnd('/', 'close');
    expect({ fins, resets }).toEqual({ fins: ['client', 'server'], resets: [] });
  });

  it('is a FIN of the server first when the server closes', async () => {
    const { fins, resets } = await captureEnd('/then-close', 'wait');
    expect({ fins, resets }).toEqual({ fins: ['server', 'client'], resets: [] });
  });

  it('is an RST when the client aborts', async () => {
    const { fins, resets } = await captureEnd('/', 'abort');
    expect({ fins, resets }).toEqual({ fins: [], resets: ['client'] });
  });

  it('is an RST when the server aborts', async () => {
    const { fins, resets } = await captureEnd('/then-abort', 'wait');
    expect({ fins, resets }).toEqual({ fins: [], resets: ['server'] });
  });
});

describe('times', () => {
  it('are those of the wall clock, and rise within a stream', async () => {
    const server = await NodeServer.start(makeCertificate(folder));
    const capture = join(folder, 'times.pcapng');
    const before = Date.now() / 1000;
    const urls = server.url('/[1-20]?bytes=200000');
    await captureCommand([capture], ['curl', '-skZ', '--http1.1', '-o', '/dev/null', urls]);
    const after = Date.now() / 1000;
    const rows = await readFields(capture, 'tcp', ['tcp.stream', 'frame.time_epoch']);
    const last = new Map<string, number>();
    for (const row of rows) {
      const stream = row['tcp.stream'][0] ?? '';
      const time = Number(row['frame.time_epoch'][0]);
      expect(time).toBeGreaterThanOrEqual(last.get(stream) ?? before);
      expect(time).toBeLessThanOrEqual(after);
      last.set(stream, time);
    }
    expect(last.size).toBeGreaterThan(1);
  });
});
