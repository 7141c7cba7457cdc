import type { PayloadForm } from './payload-form.ts';
import type { TextOutput } from './text-output.ts';
import { isUnsafe } from './unsafe-characters.ts';
import { INCOMPLETE, INVALID, utf8CodePoint, utf8SequenceLength } from './utf8-sequence.ts';

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DASH = 0x2d;
const BACKSLASH = 0x5c;
const LETTER_X = 0x78;
const DELETE = 0x7f;

const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** The longest form of a byte: `\x1b`. */
const MAX_FORM = 4;
/** The output reserves the longest form of as many bytes at once. */
const PIECE_BYTES = 16 * 1024;
/** Of a character in UTF-8. */
const MAX_CHARACTER = 4;

/** A line that begins with so many dashes and a space is the printer's own. */
const MARK_DASHES = 5;

/** ASCII that is shown as it is, wherever it stands within a line. */
const PLAIN = new Uint8Array(256);
PLAIN.fill(1, SPACE, DELETE);
PLAIN[TAB] = 1;
PLAIN[BACKSLASH] = 0;

/**
 * Shows bytes as the text that they are, as a terminal may get it:
 *
 * - UTF-8 as it is, lines too, of which CR LF ends one as LF does;
 * - every byte of anything else as `\x1b`: controls but tabs, unsafe characters, invalid UTF-8;
 * - what would look like that, or like a printer's mark, with one byte as `\x78` or `\x20`: an x
 *   behind a backslash, and the space of a line that begins with five dashes and a space.
 *
 * So the bytes can be told from their text, but for a CR before an LF.
 */
export class PayloadText implements PayloadForm {
  /** The begin of a character, or a CR; and room for bytes that may complete it. */
  readonly #held = new Uint8Array(2 * MAX_CHARACTER);
  #heldLength = 0;
  #isAfterBackslash = false;
  /** How many dashes are all that the line has; -1 if there is more in it. */
  #dashes = 0;

  begin(): void {
    this.#heldLength = 0;
    this.#isAfterBackslash = false;
    this.#dashes = 0;
  }

  write(output: TextOutput, bytes: Uint8Array, start: number, end: number): void {
    let at = this.#heldLength > 0 ? this.#writeHeld(output, bytes, start, end) : start;
    while (at < end) {
      const pieceEnd = Math.min(end, at + PIECE_BYTES);
      at = this.#show(output, bytes, at, pieceEnd);
      if (pieceEnd < end) continue; // What this piece left is the begin of the next one.
      this.#hold(bytes, at, end);
      return;
    }
  }

  end(output: TextOutput): void {
    const most = MAX_FORM * this.#heldLength + 1;
    let to = output.reserve(most);
    const begin = to;
    for (let i = 0; i < this.#heldLength; i++) {
      to = showHex(output.bytes, to, this.#held[i] as number);
    }
    output.bytes[to++] = NEWLINE;
    output.giveBack(most - (to - begin));
    this.begin();
  }

  /** Shows what is held with the bytes that complete it. Returns where the others begin. */
  #writeHeld(output: TextOutput, bytes: Uint8Array, start: number, end: number): number {
    const held = this.#heldLength;
    const added = Math.min(MAX_CHARACTER, end - start);
    const joined = this.#held;
    joined.set(bytes.subarray(start, start + added), held);
    const shown = this.#show(output, joined, 0, held + added);
    if (start + added < end) {
      this.#heldLength = 0;
      return start + shown - held;
    }
    this.#hold(joined, shown, held + added);
    return end;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    this.#heldLength = end - start;
    for (let i = 0; i < this.#heldLength; i++) this.#held[i] = bytes[start + i] as number;
  }

  /** Shows bytes up to `end`, or to a CR or a character that may go on there. Returns how far. */
  #show(output: TextOutput, bytes: Uint8Array, start: number, end: number): number {
    const reserved = MAX_FORM * (end - start);
    const begin = output.reserve(reserved);
    const out = output.bytes;
    let to = begin;
    let at = start;
    while (at < end) {
      const byte = bytes[at] as number;
      if (this.#dashes >= 0 || this.#isAfterBackslash) {
        const isHidden = this.#mustHide(byte);
        if (isHidden || PLAIN[byte] === 1) {
          if (isHidden) to = showHex(out, to, byte);
          else out[to++] = byte;
          at++;
          continue;
        }
      }
      if (PLAIN[byte] === 1) {
        do out[to++] = bytes[at++] as number;
        while (at < end && PLAIN[bytes[at] as number] === 1);
      } else if (byte >= 0x80) {
        const length = utf8SequenceLength(bytes, at, end);
        if (length === INCOMPLETE) break;
        const isSafe = length !== INVALID && !isUnsafe(utf8CodePoint(bytes, at, length));
        const next = at + (length === INVALID ? 1 : length);
        while (at < next) {
          if (isSafe) out[to++] = bytes[at++] as number;
          else to = showHex(out, to, bytes[at++] as number);
        }
      } else if (byte === NEWLINE || byte === BACKSLASH) {
        out[to++] = byte;
        at++;
        if (byte === NEWLINE) this.#dashes = 0;
        else this.#isAfterBackslash = true;
      } else {
        if (byte === RETURN && at + 1 === end) break;
        if (byte !== RETURN || bytes[at + 1] !== NEWLINE) to = showHex(out, to, byte);
        at++;
      }
    }
    output.giveBack(reserved - (to - begin));
    return at;
  }

  /** Whether the byte would end what looks like one of our own. Called for each where one begins. */
  #mustHide(byte: number): boolean {
    const isHidden =
      (this.#isAfterBackslash && byte === LETTER_X) ||
      (this.#dashes === MARK_DASHES && byte === SPACE);
    this.#isAfterBackslash = false;
    const isDash = byte === DASH && this.#dashes >= 0 && this.#dashes < MARK_DASHES;
    this.#dashes = isDash ? this.#dashes + 1 : -1;
    return isHidden;
  }
}

/** Writes `\x1b` at `to`. Returns the offset behind it. */
function showHex(out: Uint8Array, to: number, byte: number): number {
  out[to] = BACKSLASH;
  out[to + 1] = LETTER_X;
  out[to + 2] = HEX_DIGITS[byte >> 4] as number;
  out[to + 3] = HEX_DIGITS[byte & 15] as number;
  return to + MAX_FORM;
}
