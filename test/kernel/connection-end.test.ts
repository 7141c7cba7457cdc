import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();

/**
 * A connection for each `END=PATH`: a request, its chunked response, and then END, for which
 * `refused` makes a request that the server answers with an RST.
 */
const CLIENT = `
import select, socket, ssl, struct, sys
context = ssl._create_unverified_context()
for end, path in (word.split('=') for word in sys.argv[2:]):
    sock = context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1]))))
    request = b'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n'
    sock.sendall(request % path.encode())
    answer = b''
    while not answer.endswith(b'0\\r\\n\\r\\n'):
        piece = sock.recv(65536)
        if not piece:
            sys.exit('%s %s ended after %r' % (end, path, answer))
        answer += piece
    if end == 'abort':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    elif end == 'refused':
        sock.sendall(request % b'/abort')
    if end in ('wait', 'refused'):
        # For TCP's end: TLS' close_notify may come before it.
        poll = select.poll()
        poll.register(sock, select.POLLRDHUP)
        poll.poll()
        try:
            while sock.recv(65536):
                pass
        except OSError:
            pass
    sock.close()
`;

const CASES = [
  {
    what: 'a FIN of both when the client closes',
    word: 'close=/1',
    ends: ['client FIN', 'server FIN'],
  },
  {
    what: 'a FIN of the server first when the server closes',
    word: 'wait=/then-close',
    ends: ['server FIN', 'client FIN'],
  },
  { what: 'an RST when the client aborts', word: 'abort=/2', ends: ['client RST'] },
  { what: 'an RST when the server aborts', word: 'refused=/3', ends: ['server RST'] },
];

describe('the end of a connection', () => {
  const capture = join(folder, 'ends.pcapng');
  let server: NodeServer;
  /** Its segments with a FIN or an RST. */
  let last: Record<'tcp.srcport' | 'tcp.dstport' | 'tcp.flags.reset', string[]>[];

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
    const words = CASES.map(({ word }) => word);
    await captureCommand([capture], ['python3', '-c', CLIENT, `${server.port}`, ...words]);
    const fields = ['tcp.srcport', 'tcp.dstport', 'tcp.flags.reset'] as const;
    last = await readFields(capture, 'tcp.flags.fin == 1 or tcp.flags.reset == 1', fields);
  });

  it.each(CASES)('is $what', ({ word, ends }) => {
    const [, path] = word.split('=');
    const client = server.received.find((request) => request.path === path)?.client;
    const port = client?.split(':').at(-1);
    const seen = last.flatMap((row) => {
      const what = row['tcp.flags.reset'][0] === '1' ? 'RST' : 'FIN';
      if (row['tcp.srcport'][0] === port) return `client ${what}`;
      return row['tcp.dstport'][0] === port ? `server ${what}` : [];
    });
    expect(seen).toEqual(ends);
  });
});
