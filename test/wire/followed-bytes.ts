import type { Conversation, Side } from './conversation.ts';
import { type Source, tsharkLines } from './tshark-lines.ts';

/** All that each end of a TLS connection said, in clear. */
export type FollowedBytes = Record<Side, Buffer>;

/** Follows the TLS of conversations of a file; by their streams. */
export async function followBytes(
  source: Source,
  conversations: readonly Conversation[],
): Promise<Map<string, FollowedBytes>> {
  const taps = conversations.flatMap(({ stream }) => ['-z', `follow,tls,raw,${stream}`]);
  const parts = new Map<string, Record<Side, Buffer[]>>(
    conversations.map(({ stream }) => [stream, { client: [], server: [] }]),
  );
  const clientPorts = new Map(conversations.map(({ stream, ends }) => [stream, portOf(ends)]));
  let stream = '';
  let isClientFirst = false;
  for await (const line of tsharkLines(source, ['-q', ...taps])) {
    if (/^\t?[0-9a-f]+$/.test(line)) {
      // What the second node said is indented.
      const isFirst = !line.startsWith('\t');
      const side = isFirst === isClientFirst ? 'client' : 'server';
      parts.get(stream)?.[side].push(Buffer.from(line.trimStart(), 'hex'));
      continue;
    }
    stream = /^Filter: tcp\.stream eq (\d+)$/.exec(line)?.[1] ?? stream;
    const port = /^Node 0: .*:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) isClientFirst = port === clientPorts.get(stream);
  }
  return new Map(
    [...parts].map(([stream, { client, server }]) => [
      stream,
      { client: Buffer.concat(client), server: Buffer.concat(server) },
    ]),
  );
}

function portOf(ends: string): string | undefined {
  return /:(\d+) /.exec(ends)?.[1];
}
