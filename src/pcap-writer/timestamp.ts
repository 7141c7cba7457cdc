const WORD = 2 ** 32;
const MAX_EPOCH_NS = 2n ** 64n - 1n;

/**
 * Encodes times as pcapng timestamps: an unsigned 64-bit count of units since 1970-01-01 00:00:00
 * UTC, as an upper and a lower 32-bit word, in that order (section 4.3). The unit is the
 * nanosecond, as the Interface Description Blocks say (if_tsresol 9).
 *
 * Nanoseconds since 1970 do not fit in a double and a BigInt a packet is slow. So times come as
 * doubles, in nanoseconds since a base of the caller's choice, which may lie after them.
 */
export class TimeBase {
  readonly #upper: number;
  readonly #lower: number;

  /** @throws RangeError unless `epochNs`, nanoseconds since 1970, fits in 64 bits */
  constructor(epochNs: bigint) {
    if (epochNs < 0n || epochNs > MAX_EPOCH_NS) {
      throw new RangeError(`time base ${epochNs} ns is not within 0 and ${MAX_EPOCH_NS}`);
    }
    this.#upper = Number(epochNs >> 32n);
    this.#lower = Number(epochNs & 0xffff_ffffn);
  }

  /**
   * The upper word of the timestamp of `timeNs`, whole nanoseconds since the base.
   *
   * @throws RangeError for a fraction, for a time more than 104 days (2^53 ns) from the base, and
   * for a timestamp that does not fit in 64 bits
   */
  upperWord(timeNs: number): number {
    const sum = this.#lower + timeNs;
    // Dividing by a power of two is exact, so floor() carries and borrows to the last nanosecond.
    const upper = this.#upper + Math.floor(sum / WORD);
    if (!Number.isSafeInteger(sum) || upper < 0 || upper >= WORD) {
      throw new RangeError(`no timestamp for a time of ${timeNs} ns since the time base`);
    }
    return upper;
  }

  /** The lower word, for a time that `upperWord` takes. */
  lowerWord(timeNs: number): number {
    // ToUint32 is the remainder modulo 2^32, never negative.
    return (this.#lower + timeNs) >>> 0;
  }
}
