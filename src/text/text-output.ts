/**
 * Where text is encoded: a growing run of bytes. `reserve(length)` gives the offset in `bytes`,
 * which it may replace, of fresh ones; `giveBack` takes back the end of what was reserved last.
 */
export interface TextOutput {
  readonly bytes: Uint8Array;
  reserve(length: number): number;
  giveBack(length: number): void;
}

const encoder = new TextEncoder();

/** Longer texts are left to TextEncoder. */
const SHORT_LENGTH = 200;

/** Writes it as UTF-8, whatever it holds: escape before what others chose. */
export function writeText(output: TextOutput, text: string): void {
  if (text.length <= SHORT_LENGTH && writeAscii(output, text)) return;
  const length = Buffer.byteLength(text);
  const offset = output.reserve(length);
  encoder.encodeInto(text, output.bytes.subarray(offset, offset + length));
}

/** Writes nothing, and returns false, if not all of it is ASCII. */
function writeAscii(output: TextOutput, text: string): boolean {
  const { length } = text;
  const offset = output.reserve(length);
  const { bytes } = output;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      output.giveBack(length);
      return false;
    }
    bytes[offset + i] = code;
  }
  return true;
}

/** End of the last whole line within the first `limit` of `bytes`; 0 if none is whole. */
export function lineBoundary(bytes: Uint8Array, limit: number): number {
  return limit === 0 ? 0 : bytes.lastIndexOf(0x0a, limit - 1) + 1;
}
