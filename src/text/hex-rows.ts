import type { PayloadForm } from './payload-form.ts';
import type { TextOutput } from './text-output.ts';

const ROW_BYTES = 16;
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const COLON = 0x3a;
const SPACE = 0x20;
const DOT = 0x2e;
const NEWLINE = 0x0a;
/** Of the bytes as hex: eight groups of two, with a space behind each but the last. */
const HEX_WIDTH = 39;
/** Offset (52 bits have 13 digits), colon, hex, two spaces, text, newline. */
const MAX_ROW_LENGTH = 13 + 2 + HEX_WIDTH + 2 + ROW_BYTES + 1;
/** Rows that are reserved at once. */
const PIECE_ROWS = 512;

/** Shows bytes as `xxd` does, offsets within the call; `xxd -r` makes the bytes of it again. */
export class HexRows implements PayloadForm {
  readonly #row = new Uint8Array(ROW_BYTES);
  #rowLength = 0;
  /** Of the row's first byte. */
  #offset = 0;

  begin(callOffset: number): void {
    this.#offset = callOffset;
    this.#rowLength = 0;
  }

  write(output: TextOutput, bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#rowLength > 0) {
      at = Math.min(end, start + ROW_BYTES - this.#rowLength);
      this.#keep(bytes, start, at);
      if (this.#rowLength < ROW_BYTES) return;
      this.#showRows(output, this.#row, 0, 1);
      this.#rowLength = 0;
    }
    for (let rows = (end - at) >> 4; rows > 0; rows = (end - at) >> 4) {
      const count = Math.min(rows, PIECE_ROWS);
      this.#showRows(output, bytes, at, count);
      at += count * ROW_BYTES;
    }
    this.#keep(bytes, at, end);
  }

  end(output: TextOutput): void {
    if (this.#rowLength === 0) return;
    const offset = output.reserve(MAX_ROW_LENGTH);
    const end = this.#showRow(output.bytes, offset, this.#row, 0, this.#rowLength);
    output.giveBack(offset + MAX_ROW_LENGTH - end);
    this.#rowLength = 0;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.#row[this.#rowLength++] = bytes[i] as number;
  }

  /** Shows whole rows. */
  #showRows(output: TextOutput, bytes: Uint8Array, start: number, count: number): void {
    const reserved = count * MAX_ROW_LENGTH;
    const begin = output.reserve(reserved);
    const out = output.bytes;
    let to = begin;
    for (let row = 0; row < count; row++) {
      to = this.#showRow(out, to, bytes, start + row * ROW_BYTES, ROW_BYTES);
    }
    output.giveBack(reserved - (to - begin));
  }

  /** Writes a row at `to`. Returns the offset behind it. */
  #showRow(out: Uint8Array, begin: number, bytes: Uint8Array, start: number, length: number) {
    let to = this.#showOffset(out, begin);
    const text = to + HEX_WIDTH + 2;
    out.fill(SPACE, to, text);
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i] as number;
      out[to++] = HEX_DIGITS[byte >> 4] as number;
      out[to++] = HEX_DIGITS[byte & 15] as number;
      to += i & 1;
      out[text + i] = byte >= SPACE && byte < 0x7f ? byte : DOT;
    }
    out[text + length] = NEWLINE;
    this.#offset += length;
    return text + length + 1;
  }

  /** At least eight digits, a colon and a space. */
  #showOffset(out: Uint8Array, begin: number): number {
    let to = begin;
    const upper = Math.floor(this.#offset / 2 ** 32);
    if (upper > 0) {
      for (const digit of upper.toString(16)) out[to++] = digit.charCodeAt(0);
    }
    for (let shift = 28; shift >= 0; shift -= 4) {
      out[to++] = HEX_DIGITS[(this.#offset >>> shift) & 15] as number;
    }
    out[to++] = COLON;
    out[to++] = SPACE;
    return to;
  }
}
