import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tshark } from '../../samples/tshark.ts';
import { bytesOf, find, packetsOf } from './tshark-json.ts';

/** SHA-256 of bodies: those of HTTP/1.1 as "Export Objects" saves them, those of HTTP/2 as sent. */
export function bodyHashesOf(path: string): string[] {
  return [...exportedObjects(path), ...http2Bodies(path)].map((body) =>
    createHash('sha256').update(body).digest('hex'),
  );
}

function exportedObjects(path: string): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'plaincap-objects-'));
  try {
    tshark(['-r', path, '-q', '--export-objects', `http,${folder}`]);
    return readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** tshark 4.0 exports none of them. */
function http2Bodies(path: string): Buffer[] {
  const bodies = new Map<string, Buffer>();
  for (const packet of packetsOf(path, 'http2.data.data', 'frame tcp http2')) {
    const place = [...find(packet, 'tcp.stream'), ...find(packet, 'frame.p2p_dir')];
    for (const frame of find(packet, 'http2.stream')) {
      const key = [...place, ...find(frame, 'http2.streamid')].join();
      // Of several frames the last one has all; should it be missing, what there is counts.
      const [whole] = find(frame, 'http2.body.reassembled.data').map(bytesOf);
      const pieces = find(frame, 'http2.data.data').map(bytesOf);
      bodies.set(key, whole ?? Buffer.concat([bodies.get(key) ?? Buffer.of(), ...pieces]));
    }
  }
  return [...bodies.values()];
}
