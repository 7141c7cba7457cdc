import { Decoder, Encoder } from 'cbor-x/encode';
import { EVENT_FIELDS, type PlainEvent, type PlainKind } from './event-fields.ts';
import { type Field, text } from './field.ts';
import { KIND_CODE } from './format.ts';
import { RecordingError } from './recording-error.ts';

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const decoder = new Decoder({ useRecords: false });

const PLAIN_KINDS = new Map<unknown, PlainKind>(
  (Object.keys(EVENT_FIELDS) as PlainKind[]).map((kind) => [KIND_CODE[kind], kind]),
);

/** The item of an event that carries no payload: the kind's code, then its fields in order. */
export function encodePlainItem(event: PlainEvent): Uint8Array {
  const values = new Map(Object.entries(event));
  const elements: unknown[] = [KIND_CODE[event.kind]];
  for (const [name, field] of fieldsOf(event.kind)) {
    const value = values.get(name);
    if (value === undefined && field.isOptional) break;
    elements.push(field.encode(value));
  }
  return encoder.encode(elements);
}

/** The item that gives the text for which data events say the next number. */
export function encodeNameItem(name: string): Uint8Array {
  return encoder.encode([KIND_CODE.name, name]);
}

/**
 * What one whole item tells: an event, or the text of a name item.
 *
 * @throws RecordingError that says which field is wrong.
 */
export function decodePlainItem(item: Uint8Array): PlainEvent | string {
  const elements = decodeArray(item);
  if (elements[0] === KIND_CODE.name) {
    const name = text.decode(elements[1]);
    if (name === undefined) throw new RecordingError(`a name is not ${text.expected}`);
    return name;
  }
  const kind = PLAIN_KINDS.get(elements[0]);
  if (kind === undefined) throw new RecordingError('an item is of no known kind');
  const entries: [string, unknown][] = [['kind', kind]];
  for (const [name, field] of fieldsOf(kind)) {
    if (field.isOptional && entries.length >= elements.length) break;
    const value = field.decode(elements[entries.length]);
    if (value === undefined) {
      throw new RecordingError(`${name} of a ${kind} event is not ${field.expected}`);
    }
    entries.push([name, value]);
  }
  const event = Object.fromEntries(entries) as unknown as PlainEvent;
  if (event.kind === 'connection' && event.localAddress.length !== event.remoteAddress.length) {
    throw new RecordingError('a connection event has addresses of two families');
  }
  return event;
}

function decodeArray(item: Uint8Array): unknown[] {
  let value: unknown;
  try {
    value = decoder.decode(item);
  } catch (error) {
    throw new RecordingError('an item is not CBOR', { cause: error });
  }
  if (!Array.isArray(value)) throw new RecordingError('an item is not an array');
  return value;
}

function fieldsOf(kind: PlainKind): [string, Field<unknown>][] {
  return Object.entries(EVENT_FIELDS[kind] as Record<string, Field<unknown>>);
}
