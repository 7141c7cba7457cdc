import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from '../../samples/sample.ts';
import { tshark } from '../../samples/tshark.ts';

/** A part of tshark's JSON. A name that stands in it several times has an array. */
type Json = string | null | Json[] | { [name: string]: Json };

interface Message {
  /** Of its connection, or of its HTTP/2 stream. */
  conversation: string;
  method?: string;
  uri?: string;
  status?: string;
}

/** What tshark finds in a capture, with no preferences set. */
export class Dissection {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Values of a field, in the order of packets, one or more a packet that has it. */
  values(field: string, filter = field): string[] {
    const rows = tshark([
      ...['-r', this.#path, '-Y', filter, '-T', 'fields', '-E', 'aggregator=|', '-e', field],
    ]);
    return rows.split(/[\n|]/).filter((value) => value !== '');
  }

  get streams(): number {
    return new Set(this.values('tcp.stream')).size;
  }

  /** Payloads of messages, as text: of WebSocket's text frames and of gRPC's. */
  get messages(): string[] {
    const texts = this.values('websocket.payload.text');
    const fields = this.values('protobuf.field.value').map(bytesOf);
    return [...texts, ...fields.map((bytes) => bytes.toString())];
  }

  /** Lines of the expert info that are notes or worse. */
  get expert(): string[] {
    const report = tshark(['-r', this.#path, '-q', '-z', 'expert,note']);
    const rows = report.matchAll(/^ +\d+ +\S+ +\S+ +(.*)$/gm);
    return [...rows].map(([, summary]) => summary as string);
  }

  /** Requests in their order, each with the status of its response, or with `-` if it has none. */
  get exchanges(): Exchange[] {
    const exchanges: Exchange[] = [];
    /** By conversation, the exchanges that wait for a status. */
    const open = new Map<string, number[]>();
    for (const { conversation, method, uri, status } of this.#messages()) {
      const waiting = open.get(conversation) ?? [];
      if (method !== undefined) {
        waiting.push(exchanges.push(`${method} ${uri} -`) - 1);
        open.set(conversation, waiting);
      } else if (status !== undefined) {
        const index = waiting.shift();
        if (index === undefined) exchanges.push(`- - ${status}`);
        else exchanges[index] = exchanges[index]?.replace(/-$/, status) as Exchange;
      }
    }
    return exchanges;
  }

  /** SHA-256 of bodies: those of HTTP/1.1 that "Export Objects" saves, and all of HTTP/2. */
  get bodies(): string[] {
    return [...this.#exportedObjects(), ...this.#http2Bodies()].map((body) =>
      createHash('sha256').update(body).digest('hex'),
    );
  }

  *#messages(): Generator<Message> {
    for (const layers of this.#packets('http or http2.headers', 'tcp http http2')) {
      const [stream = ''] = find(layers, 'tcp.stream');
      const [method] = find(layers, 'http.request.method');
      const [uri] = find(layers, 'http.request.full_uri');
      const [status] = find(layers, 'http.response.code');
      if (text(method) !== undefined) {
        yield { conversation: `${stream}`, method: text(method) ?? '', uri: text(uri) ?? '' };
      } else if (status !== undefined) {
        yield { conversation: `${stream}`, status: text(status) ?? '' };
      }
      for (const frame of find(layers, 'http2.stream')) yield http2Message(`${stream}`, frame);
    }
  }

  #exportedObjects(): Buffer[] {
    const folder = mkdtempSync(join(tmpdir(), 'plaincap-objects-'));
    try {
      tshark(['-r', this.#path, '-q', '--export-objects', `http,${folder}`]);
      return readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #http2Bodies(): Buffer[] {
    const bodies = new Map<string, Buffer>();
    for (const layers of this.#packets('http2.data.data', 'frame tcp http2')) {
      const place = [...find(layers, 'tcp.stream'), ...find(layers, 'frame.p2p_dir')];
      for (const frame of find(layers, 'http2.stream')) {
        const key = [...place, ...find(frame, 'http2.streamid')].join();
        // Of several frames the last one has all; should it be missing, what there is counts.
        const [whole] = find(frame, 'http2.body.reassembled.data').map(bytesOf);
        const pieces = find(frame, 'http2.data.data').map(bytesOf);
        bodies.set(key, whole ?? Buffer.concat([bodies.get(key) ?? Buffer.of(), ...pieces]));
      }
    }
    return [...bodies.values()];
  }

  #packets(filter: string, protocols: string): Json[] {
    const format = ['-T', 'json', '--no-duplicate-keys', '-J', protocols];
    return JSON.parse(tshark(['-r', this.#path, '-Y', filter, ...format]));
  }
}

/** A frame that is no header of a request or a response has neither method nor status. */
function http2Message(stream: string, frame: Json): Message {
  const [id] = find(frame, 'http2.streamid');
  const headers = new Map<string, string>();
  for (const header of find(frame, 'http2.header')) {
    const [name] = find(header, 'http2.header.name');
    const [value] = find(header, 'http2.header.value');
    headers.set(`${name}`, `${value}`);
  }
  const conversation = `${stream}.${id}`;
  const method = headers.get(':method');
  const status = headers.get(':status');
  if (method !== undefined) {
    const authority = headers.get(':authority');
    const origin =
      authority === undefined ? '<unknown>' : `${headers.get(':scheme')}://${authority}`;
    return { conversation, method, uri: `${origin}${headers.get(':path')}` };
  }
  return status === undefined ? { conversation } : { conversation, status };
}

/** All that stands under a name, at any depth. */
function find(json: Json, name: string): Json[] {
  if (json === null || typeof json === 'string') return [];
  if (Array.isArray(json)) return json.flatMap((element) => find(element, name));
  return Object.entries(json).flatMap(([key, value]) => {
    if (key !== name) return find(value, name);
    return Array.isArray(value) ? value : [value];
  });
}

/** `48:69` or `4869`. */
function bytesOf(hex: Json): Buffer {
  return Buffer.from(`${hex}`.replaceAll(':', ''), 'hex');
}

function text(json: Json | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined;
}
