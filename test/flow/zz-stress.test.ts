import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Direction } from '../../src/event.ts';
import { writtenForm } from '../../src/flow/port-rule.ts';
import { initialSequenceNumber } from '../../src/tcp/initial-sequence-number.ts';
import { CaptureScript } from './capture-script.ts';
import { complaints, type Followed, follow, judge } from './wireshark.ts';

const CONVERSATIONS = 12;
const CLIENT_PORTS = [50_000, 40_000];

/** Ids of connections of which one end is about to run over 2^32 with its sequence numbers. */
const NEAR_WRAP = { client: idsNearWrap('client'), server: idsNearWrap('server') };

function idsNearWrap(end: 'client' | 'server'): number[] {
  const ids: number[] = [];
  for (let id = end === 'client' ? 1e6 : 1e8; ids.length < CONVERSATIONS; id++) {
    if (2 ** 32 - (initialSequenceNumber(id, 0, end) >>> 0) < 100_000) ids.push(id);
  }
  return ids;
}

const chunk = fc.record({
  direction: fc.constantFrom<Direction>('read', 'write'),
  begin: fc.constantFrom('', '', 'P', 'GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n', '\0\0', '\n'),
  length: fc.oneof(
    { weight: 4, arbitrary: fc.nat(300) },
    { weight: 2, arbitrary: fc.constantFrom(16_383, 16_384, 16_385, 65_475, 65_495, 65_496) },
    { weight: 1, arbitrary: fc.nat(200 * 1024) },
  ),
  seed: fc.nat(),
});
type Chunk = typeof chunk extends fc.Arbitrary<infer T> ? T : never;

const conversation = fc.record({
  isIpv6: fc.boolean(),
  isClient: fc.boolean(),
  serverPort: fc.constantFrom(443, 8443, 54_321, 80, 8080, 5000, 6379),
  clientPort: fc.constantFrom(...CLIENT_PORTS),
  wraps: fc.constantFrom(undefined, 'client', 'server'),
  chunks: fc.array(chunk, { maxLength: 8 }),
});
type Conversation = typeof conversation extends fc.Arbitrary<infer T> ? T : never;

/** Bytes of no protocol, whatever they begin with. */
function bytesOf({ begin, length, seed }: Chunk): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[at] = 0x80 | (state >>> 16);
  }
  bytes.write(begin, 'latin1');
  return bytes;
}

/** Tells the conversation; returns what its ends sent. */
function tell(capture: CaptureScript, known: Conversation, index: number): Followed {
  const { isIpv6, isClient, clientPort, serverPort, wraps } = known;
  const address = (last: number) => new Uint8Array(isIpv6 ? 16 : 4).fill(10).fill(last, -1);
  const client = { address: address(index + 1), port: clientPort };
  const server = { address: address(100), port: serverPort };
  const [local, remote] = isClient ? [client, server] : [server, client];
  const session = capture.conversation({
    ...(wraps && { connection: NEAR_WRAP[wraps][index] }),
    localAddress: local.address,
    remoteAddress: remote.address,
    localPort: local.port,
    remotePort: remote.port,
    role: isClient ? 'client' : 'server',
  });
  const sent: Record<Direction, Buffer[]> = { read: [], write: [] };
  for (const next of known.chunks) {
    const bytes = bytesOf(next);
    session[next.direction](bytes);
    sent[next.direction].push(bytes);
  }
  session.end();
  const [read, write] = [Buffer.concat(sent.read), Buffer.concat(sent.write)];
  return isClient ? { client: write, server: read } : { client: read, server: write };
}

test('Wireshark gives back every byte that was read and written, and complains of nothing', () => {
  const conversations = fc.array(conversation, { minLength: 1, maxLength: CONVERSATIONS });
  const check = (known: Conversation[]) => {
    const capture = new CaptureScript();
    const sent = known.map((each, index) => tell(capture, each, index));
    capture.end();
    const path = capture.save();

    // What is empty is not written.
    const written = [...sent.keys()].filter((index) => size(sent[index]) > 0);
    const isTls = (index: number) => {
      const { clientPort = 0, serverPort = 0 } = known[index] ?? {};
      return writtenForm('tls', clientPort, serverPort).encapsulation === 'null-tls';
    };
    for (const [protocol, streams] of [
      ['tls', [...written.keys()].filter((stream) => isTls(written[stream] as number))],
      ['tcp', [...written.keys()].filter((stream) => !isTls(written[stream] as number))],
    ] as const) {
      const followed = follow(path, protocol, streams, CLIENT_PORTS);
      for (const [index, stream] of streams.entries()) {
        expectEqual(followed[index], sent[written[stream] as number]);
      }
    }
    expect(complaints(path)).toEqual([]);
    judge('tcpdump', '-n', '-r', path);
    judge('capinfos', path);
  };
  fc.assert(fc.property(conversations, check), { numRuns: 60, endOnFailure: true });
});

function size(sent: Followed | undefined): number {
  return sent ? sent.client.length + sent.server.length : 0;
}

/** As `toEqual`, but quick with large buffers that are equal. */
function expectEqual(found: Followed | undefined, sent: Followed | undefined): void {
  for (const end of ['client', 'server'] as const) {
    const [foundBytes, sentBytes] = [found?.[end] ?? '', sent?.[end] ?? ''];
    if (Buffer.compare(Buffer.from(foundBytes), Buffer.from(sentBytes)) === 0) continue;
    expect(foundBytes, end).toEqual(sentBytes);
  }
}
