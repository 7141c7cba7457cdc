import { tshark } from '../../samples/tshark.ts';

/** A part of what tshark prints as JSON. A name that stands in it several times has an array. */
export type Json = string | null | Json[] | { [name: string]: Json };

/** The packets that the filter lets through, each with what these protocols make of it. */
export function packetsOf(path: string, filter: string, protocols: string): Json[] {
  const format = ['-T', 'json', '--no-duplicate-keys', '-J', protocols];
  return JSON.parse(tshark(['-r', path, '-Y', filter, ...format]));
}

/** All that stands under a name, at any depth. */
export function find(json: Json, name: string): Json[] {
  if (json === null || typeof json === 'string') return [];
  if (Array.isArray(json)) return json.flatMap((element) => find(element, name));
  return Object.entries(json).flatMap(([key, value]) => {
    if (key !== name) return find(value, name);
    return Array.isArray(value) ? value : [value];
  });
}

/** The first text that stands under a name. */
export function findText(json: Json, name: string): string | undefined {
  return find(json, name).find((value) => typeof value === 'string');
}

/** Bytes that are printed as `48:69`, or as `4869`. */
export function bytesOf(hex: Json): Buffer {
  return Buffer.from(`${hex}`.replaceAll(':', ''), 'hex');
}
