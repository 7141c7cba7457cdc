import { join } from 'node:path';
import { SAMPLES } from '../../samples/samples.ts';
import { runPlaincap } from '../run-plaincap.ts';

const SAMPLES_FOLDER = join(import.meta.dirname, '../../samples');

/** Exports a shipped sample into the folder; returns the file's path. */
export function exportSample(folder: string, name: string, ...options: string[]): string {
  const path = join(folder, `${name}${options.join('')}.pcapng`);
  const recording = join(SAMPLES_FOLDER, `${name}.cbor`);
  const { exitCode, stderr } = runPlaincap(['export', recording, '-w', path, ...options]);
  if (exitCode !== 0) throw new Error(stderr);
  return path;
}

/** The requests in a sample, such as `GET https://localhost:8443/items`. */
export function requestsOf(name: string): string[] {
  const sample = SAMPLES.find((each) => each.name === name);
  if (sample === undefined) throw new Error(`there is no sample ${name}`);
  return sample.expected.exchanges.map((exchange) => exchange.replace(/ \S+$/, ''));
}
