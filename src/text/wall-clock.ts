const NS_PER_SECOND = 1_000_000_000;

/** Event times as people write them. */
export class WallClock {
  readonly #startSeconds: number;
  /** Of the start, within its second. */
  readonly #startNs: number;
  /** The last second that was asked for, since 1970, and what was said of it. */
  #second = Number.NaN;
  #date = '';
  #time = '';

  /** @param startEpochNs when ktimeNs is 0, in nanoseconds since 1970 */
  constructor(startEpochNs: bigint) {
    this.#startSeconds = Number(startEpochNs / BigInt(NS_PER_SECOND));
    this.#startNs = Number(startEpochNs % BigInt(NS_PER_SECOND));
  }

  /** As tcpdump prints it: local time, `15:33:20.127456`. */
  time(ktimeNs: number): string {
    this.#goTo(ktimeNs);
    return `${this.#time}.${this.#fraction(ktimeNs).slice(0, 6)}`;
  }

  /** Local date and offset: `2026-11-21 UTC+01:00`. */
  date(ktimeNs: number): string {
    this.#goTo(ktimeNs);
    return this.#date;
  }

  /** As RFC 3339 has it, in UTC: `2026-11-21T14:33:20.127456789Z`. */
  timestamp(ktimeNs: number): string {
    const date = new Date(1000 * this.#secondOf(ktimeNs)).toISOString();
    return `${date.slice(0, -5)}.${this.#fraction(ktimeNs)}Z`;
  }

  #goTo(ktimeNs: number): void {
    const second = this.#secondOf(ktimeNs);
    if (second === this.#second) return;
    this.#second = second;
    const date = new Date(1000 * second);
    const offset = -date.getTimezoneOffset();
    const clock = [date.getHours(), date.getMinutes(), date.getSeconds()];
    this.#time = clock.map(twoDigits).join(':');
    const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())];
    const minutes = Math.abs(offset);
    const hours = twoDigits(Math.floor(minutes / 60));
    this.#date = `${day.join('-')} UTC${offset < 0 ? '-' : '+'}${hours}:${twoDigits(minutes % 60)}`;
  }

  /** Since 1970. */
  #secondOf(ktimeNs: number): number {
    return this.#startSeconds + Math.floor((this.#startNs + ktimeNs) / NS_PER_SECOND);
  }

  /** Nine digits. */
  #fraction(ktimeNs: number): string {
    const ns = (this.#startNs + ktimeNs) % NS_PER_SECOND;
    return String(ns < 0 ? ns + NS_PER_SECOND : ns).padStart(9, '0');
  }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
