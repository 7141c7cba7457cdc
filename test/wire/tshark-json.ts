import { type Source, tsharkLines } from './tshark-lines.ts';

export interface Packet {
  _source: { layers: Record<string, unknown> };
}

/** The packets of a file, as `tshark -T json` prints them, one at a time. */
export async function* packets(source: Source): AsyncGenerator<Packet> {
  let lines: string[] = [];
  // An array whose elements begin with a brace indented by two.
  for await (const line of tsharkLines(source, [
    '-Y',
    'tcp',
    '-T',
    'json',
    '--no-duplicate-keys',
  ])) {
    if (line === '  {') lines = [];
    lines.push(line);
    if (line !== '  }' && line !== '  },') continue;
    yield JSON.parse(lines.join('\n').replace(/,$/, '')) as Packet;
  }
}
