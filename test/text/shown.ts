import type { PayloadForm } from '../../src/text/payload-form.ts';
import { MemoryText } from './memory-text.ts';

/** The bytes in the form, written in pieces that end at `cuts`. */
export function show(
  form: PayloadForm,
  bytes: Uint8Array,
  { cuts = [], callOffset = 0 }: { cuts?: readonly number[]; callOffset?: number } = {},
): MemoryText {
  const output = new MemoryText();
  // They may stand anywhere in a longer buffer.
  const padded = Buffer.concat([Buffer.from('\\-'), bytes, Buffer.from('\xa9x\n', 'latin1')]);
  form.begin(callOffset);
  let at = 0;
  for (const cut of [
    ...cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b),
    bytes.length,
  ]) {
    form.write(output, padded, 2 + at, 2 + cut);
    at = cut;
  }
  form.end(output);
  return output;
}
