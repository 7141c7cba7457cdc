import { beforeAll, describe, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { http2Exchange, type Sent } from './http2-exchange.ts';
import { commentsByStream, complaints, fieldByStream, packets } from './wireshark.ts';

const PORTS = [443, 54_321, 80];

/** What Wireshark rightly says of bare TCP with a hole. */
const HOLE = /segment that wasn't captured|Previous segment\(s\) not captured/;

describe('HTTP/2', () => {
  const capture = new CaptureScript();
  const paths = ['/0/0', '/1/20000', '/2/20000', '/3/10'];
  const conversations: {
    name: string;
    seen: string[];
    answered: number;
    comments: string[];
    restarts: boolean;
  }[] = [];
  let path: string;
  /** Of each conversation its streams in the file. */
  let streams: number[][];

  /** Writes the exchange without parts of what was sent: from an offset to another. */
  function tell(
    name: string,
    sent: readonly Sent[],
    lost: readonly { index: number; from: number; to?: number }[],
    {
      seen = paths,
      answered = paths.length,
      comments,
      restarts = false,
    }: {
      seen?: string[];
      answered?: number;
      comments: string[];
      restarts?: boolean;
    },
  ): void {
    for (const remotePort of PORTS) {
      const session = capture.conversation({ remotePort });
      for (const [index, { direction, bytes }] of sent.entries()) {
        const part = lost.find((other) => other.index === index);
        const { from = bytes.length, to = bytes.length } = part ?? {};
        if (from > 0) session[direction](bytes.subarray(0, from));
        session.lose(direction, to - from);
        if (to < bytes.length) session[direction](bytes.subarray(to));
      }
      session.end();
      capture.close(session.connection);
      conversations.push({
        name: `${name}, port ${remotePort}`,
        seen,
        answered,
        comments,
        restarts,
      });
    }
  }

  beforeAll(async () => {
    const [first = [], second = [], third = [], ...rest] = await http2Exchange(
      ...paths.map((path) => [path]),
    );
    const sent = [...first, ...second, ...third, ...rest.flat()];
    const request = first.length + second.length;
    // HEADERS of 11 bytes, and DATA of 16,384 behind their header.
    const body = request + 1;
    expect(sent.slice(request, body + 3).map(({ bytes }) => bytes.length)).toEqual([
      20, 16_404, 13, 3625,
    ]);

    tell('within a frame', sent, [{ index: body, from: 100, to: 5000 }], {
      comments: ['plaincap: 4900 bytes lost here'],
    });
    tell('in a header', sent, [{ index: body, from: 13, to: 18 }], {
      comments: ['5 bytes lost here, 16386 bytes left out here, a part of a message'],
      restarts: true,
    });
    tell('from a header on', sent, [{ index: body, from: 15, to: 4000 }], {
      comments: ['3985 bytes lost here, 12404 bytes left out here, a part of a message'],
      restarts: true,
    });
    tell('up to the next frame', sent, [{ index: body, from: 4000 }], {
      comments: ['plaincap: 12404 bytes lost here'],
    });
    const intoNext = [
      { index: body, from: 4000 },
      { index: body + 2, from: 0, to: 1000 },
    ];
    tell('into the next frame', sent, intoNext, {
      comments: ['13404 bytes lost here, 2625 bytes left out here, a part of a message'],
      restarts: true,
    });
    tell('of whole frames', sent, [{ index: body, from: 0 }], {
      answered: 3,
      comments: ['16404 bytes lost here'],
      restarts: true,
    });
    tell('of a request', sent, [{ index: request, from: 0 }], {
      seen: paths.filter((path) => path !== '/2/20000'),
      comments: ['20 bytes lost here'],
      restarts: true,
    });
    const beginning = first.map((_, index) => ({ index, from: 0 }));
    tell('of the beginning', sent, beginning, {
      seen: paths.slice(1),
      answered: 3,
      comments: ['plaincap: 70 bytes lost here', 'plaincap: 61 bytes lost here'],
    });
    path = capture.save();
    const syns = packets(path).filter(({ flags }) => flags === 'SYN');
    const clients = [...new Set(syns.map(({ from }) => from))];
    streams = clients.map((client) =>
      syns.filter(({ from }) => from === client).map(({ stream }) => stream),
    );
  });

  test('whatever came whole is dissected', () => {
    const seen = fieldByStream(path, 'http2.headers.path');
    const statuses = fieldByStream(path, 'http2.headers.status');
    for (const [index, { name, ...expected }] of conversations.entries()) {
      const of = (values: Map<number, string[]>) =>
        streams[index]?.flatMap((stream) => values.get(stream) ?? []);
      expect.soft(of(seen), name).toEqual(expected.seen);
      expect.soft(of(statuses), name).toHaveLength(expected.answered);
    }
  });

  test('comments tell what is missing', () => {
    const comments = commentsByStream(path);
    for (const [index, { name, restarts, ...expected }] of conversations.entries()) {
      const [first = -1, next = -1] = streams[index] ?? [];
      const told = restarts ? comments.get(next)?.slice(0, 1) : comments.get(first)?.slice(1);
      const ends = expected.comments.map((end) => expect.stringContaining(end));
      expect.soft(told, name).toEqual(ends);
      expect.soft(streams[index], name).toHaveLength(restarts ? 2 : 1);
    }
  });

  test('Wireshark complains of holes in bare TCP alone', () => {
    const found = complaints(path);
    expect(found.filter((complaint) => HOLE.test(complaint))).not.toEqual([]);
    expect(found.filter((complaint) => !HOLE.test(complaint))).toEqual([]);
  });
});

test('within a header block another stream goes on, whose headers are known as far as they can be', async () => {
  const capture = new CaptureScript();
  const session = capture.conversation();
  const exchange = await http2Exchange(['/0/0'], ['/1/20000'], ['/2/0'], ['/3/10']);
  const [first = [], second = [], third = [], ...rest] = exchange;
  for (const { direction, bytes } of [...first, ...second]) session[direction](bytes);
  const [request, ...answers] = third as [Sent, ...Sent[]];
  session.write(request.bytes.subarray(0, 12));
  session.lose('write', 3);
  session.write(request.bytes.subarray(15));
  for (const { direction, bytes } of [...answers, ...rest.flat()]) session[direction](bytes);
  session.end();
  capture.close(session.connection);

  const path = capture.save();
  const paths = fieldByStream(path, 'http2.headers.path');
  expect([paths.get(0), paths.get(1)]).toEqual([['/0/0', '/1/20000'], ['/3/10']]);
  // The answer to what was lost came before it was known that the stream cannot go on.
  const statuses = fieldByStream(path, 'http2.headers.status');
  expect([statuses.get(0), statuses.get(1)]).toEqual([['200', '200', '200'], ['200']]);
  const lost = `3 bytes lost here, ${request.bytes.length - 15} bytes left out here`;
  expect(commentsByStream(path).get(1)).toEqual([expect.stringContaining(lost)]);
  expect(complaints(path)).toEqual([]);
});
