import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_PREFERENCES } from '../../samples/tshark.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { run } from './program.ts';

const HARMLESS = /^Running as user "root"|^$/;

/** Between the values of a field that a packet has more than once. */
const AGGREGATOR = '\x1f';

/** The stdout of tshark on a file. Rejects if it complains of anything. */
async function tshark(file: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('tshark', ['-n', '-r', file, ...args], {
    env: NO_PREFERENCES,
  });
  const complaints = stderr.split('\n').filter((line) => !HARMLESS.test(line));
  if (code !== 0 || complaints.length > 0) {
    throw new Error(`tshark ${args.join(' ')}: code ${code}: ${complaints.join('\n')}`);
  }
  return stdout.toString();
}

/** Of each packet that the display filter takes, the values of the fields, in order. */
export async function readFields<Name extends string>(
  file: string,
  filter: string,
  names: readonly Name[],
): Promise<Record<Name, string[]>[]> {
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${AGGREGATOR}`];
  const columns = names.flatMap((name) => ['-e', name]);
  const text = await tshark(file, '-Y', filter, ...format, ...columns);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const cells = line.split('\t');
      const values = names.map((name, column) => {
        const cell = cells[column];
        return [name, cell ? cell.split(AGGREGATOR) : []];
      });
      return Object.fromEntries(values) as Record<Name, string[]>;
    });
}

/** The bodies of all HTTP/1 messages, decoded, by the last part of their path. */
export async function exportHttpObjects(file: string): Promise<Map<string, Buffer>> {
  const folder = temporaryFolder();
  await tshark(file, '-Q', '--export-objects', `http,${folder}`);
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

/** Packets that are no RST: of those, Wireshark warns though they were on the wire. */
export const NO_RESETS = 'tcp.flags.reset == 0';

const WARNING = '_ws.expert.severity >= 0x600000 || tcp.analysis.flags';

/** Of a stream whose connection is not known. */
const UNKNOWN = 'frame.comment contains "unknown"';

/** What the expert system warns of, in the packets that the display filter takes. */
export function readWarnings(file: string, among = 'frame'): Promise<string[]> {
  return readRemarks(file, `(${among}) && (${WARNING})`);
}

/** The comments of streams whose connection is not known. */
export function readUnknownConnections(file: string): Promise<string[]> {
  return readRemarks(file, UNKNOWN);
}

/** Both: of most captures, neither is expected, and tshark takes its time to start. */
export function readComplaints(file: string, among = 'frame'): Promise<string[]> {
  return readRemarks(file, `((${among}) && (${WARNING})) || ${UNKNOWN}`);
}

/** What the expert system and comments say of the packets that the display filter takes. */
async function readRemarks(file: string, filter: string): Promise<string[]> {
  const fields = ['frame.number', '_ws.expert.message', 'frame.comment'] as const;
  const rows = await readFields(file, filter, fields);
  return rows.map((row) => {
    const remarks = [...row['_ws.expert.message'], ...row['frame.comment']];
    return `${row['frame.number']}: ${remarks.join(', ')}`;
  });
}
