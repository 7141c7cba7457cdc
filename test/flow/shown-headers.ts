import { judge } from './wireshark.ts';

/** A header block as tshark shows it, or what it should show. */
export interface ShownBlock {
  sender: 'client' | 'server';
  /** Of HTTP/2. */
  stream: number;
  /** `name: value`, in order. */
  fields: string[];
}

const HEADERS = '1';
/** Wireshark's name for an entry of HPACK's table that it has not seen. */
const UNKNOWN = '<unknown>';

const FIELDS = [
  ...['ip.src', 'tcp.srcport', 'ip.dst', 'http2.type', 'http2.streamid'],
  ...['http2.header.count', 'http2.header.name', 'http2.header.value'],
] as const;

/** Between values of one packet; no value has it. */
const SEPARATOR = '\x1f';

/** The header blocks of a file by the address of the client, which has port 50,000. */
export function shownHeaders(path: string): Map<string, ShownBlock[]> {
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${SEPARATOR}`];
  const columns = FIELDS.flatMap((field) => ['-e', field]);
  const rows = judge('tshark', '-n', '-r', path, '-Y', 'http2.type == 1', ...format, ...columns);
  const shown = new Map<string, ShownBlock[]>();
  for (const row of rows.split('\n').slice(0, -1)) {
    const cells = row.split('\t').map((cell) => (cell === '' ? [] : cell.split(SEPARATOR)));
    const [sources = [], ports = [], destinations = [], types = [], ...rest] = cells;
    const sender = ports[0] === '50000' ? 'client' : 'server';
    const client = (sender === 'client' ? sources : destinations)[0] as string;
    const blocks = blocksOf(sender, types, rest);
    shown.set(client, [...(shown.get(client) ?? []), ...blocks]);
  }
  return shown;
}

/** Those of a packet. */
function blocksOf(
  sender: ShownBlock['sender'],
  types: readonly string[],
  [streams = [], counts = [], names = [], values = []]: readonly string[][],
): ShownBlock[] {
  const fields = names.map((name, index) => `${name}: ${values[index]}`);
  let next = 0;
  return streams
    .filter((_, index) => types[index] === HEADERS)
    .map((stream, index) => {
      // Where Wireshark decodes nothing, it has no count.
      const from = next;
      next += Number(counts[index] ?? 0);
      return { sender, stream: Number(stream), fields: fields.slice(from, next) };
    });
}

/** Whether a block is shown as it was sent, but for entries of the table that are not known. */
export function isHonest(sent: readonly string[], shown: readonly string[]): boolean {
  return (
    shown.length === sent.length &&
    sent.every((field, index) => {
      const seen = shown[index] as string;
      if (seen === field || seen === `${UNKNOWN}: `) return true;
      // A name of the table, and a value that follows.
      return seen === `${UNKNOWN}: ${field.slice(field.indexOf(': ', 1) + 2)}`;
    })
  );
}
