import type { ConnectionEvent } from '../../src/event.ts';
import { formatSocketAddress } from '../../src/tcp/endpoint.ts';
import { decodeIpAddress } from '../../src/tcp/ip-address.ts';
import type { RecordedData } from './recorded-data.ts';
import { addressesOf, type Ends, type Place, type Truth, tokensIn } from './truth.ts';
import { type Finding, Verdict } from './verdict.ts';

/**
 * Whether each data event of a recording is on the connection that its message went through. What
 * holds no token (a part of a body, a frame of HTTP/2) belongs to the message before it in its
 * session, or else to the next.
 */
export function judgeData(data: readonly RecordedData[], truth: Truth): Verdict {
  const verdict = new Verdict();
  for (const session of sessionsOf(data)) {
    const places = placesOf(session, truth);
    for (const [index, event] of session.entries()) {
      const subject = `session ${event.session}, ${event.direction} of ${event.bytes.length} bytes`;
      verdict.count(subject, judge(event, places[index] as Place[], truth));
    }
  }
  return verdict;
}

function sessionsOf(data: readonly RecordedData[]): RecordedData[][] {
  const sessions = new Map<number, RecordedData[]>();
  for (const event of data) {
    const session = sessions.get(event.session);
    if (session) session.push(event);
    else sessions.set(event.session, [event]);
  }
  return [...sessions.values()];
}

/** Of each event of a session, the places of its messages. */
function placesOf(session: readonly RecordedData[], { places }: Truth): Place[][] {
  const own = session.map(({ bytes }) => {
    const told = tokensIn(bytes).flatMap((token) => places.get(token) ?? []);
    return [...new Map(told.map((place) => [JSON.stringify(place), place])).values()];
  });
  let last = own.find((told) => told.length > 0) ?? [];
  return own.map((told) => {
    if (told.length > 0) last = told;
    return last;
  });
}

function judge(event: RecordedData, told: readonly Place[], truth: Truth): Finding {
  const { connection, pid } = event;
  const [place] = told;
  if (told.length > 1) return { wrong: `messages of ${told.map(addressesOf).join(' and ')}` };
  if (place === undefined && !truth.hasCarriers) return { wrong: 'none of its messages is known' };
  if (connection === undefined) return place === 'none' ? 'right' : 'unknown';

  const candidates = place ? [place] : [...truth.places.values()];
  const found = candidates.find((each) => each !== 'none' && isAt(connection, each)) as Ends;
  if (found === undefined) {
    const truly = place ? addressesOf(place) : 'on a connection with messages';
    return { wrong: `on ${formatConnection(connection)}, truly ${truly}` };
  }
  const isItsProcess = found.pid === undefined || found.pid === pid;
  return isItsProcess ? 'right' : { wrong: `of process ${pid}, truly ${found.pid}` };
}

/** Only of a connection that is older than the capture, the role may be unknown. */
function isAt(connection: ConnectionEvent, { client, server, netns }: Ends): boolean {
  const { role, seenOpening } = connection;
  const [local, remote] = socketsOf(connection);
  if (netns !== undefined && netns !== connection.netns) return false;
  const mayBe = (other: 'client' | 'server') =>
    role === other || (role === 'unknown' && !seenOpening);
  return (
    (mayBe('client') && local === client && remote === server) ||
    (mayBe('server') && local === server && remote === client)
  );
}

function socketsOf(event: ConnectionEvent): [local: string, remote: string] {
  const { localAddress, localPort, remoteAddress, remotePort } = event;
  return [
    formatSocketAddress({ address: decodeIpAddress(localAddress), port: localPort }),
    formatSocketAddress({ address: decodeIpAddress(remoteAddress), port: remotePort }),
  ];
}

function formatConnection(connection: ConnectionEvent): string {
  const [local, remote] = socketsOf(connection);
  return `${local} to ${remote} as ${connection.role} in ${connection.netns}`;
}
