import strftime from 'strftime';

/** When a file ends and the next one begins, and how they are called: as tcpdump has it. */
export interface Rotation {
  /** -C: a file that is longer gets no more data. */
  readonly maxBytes?: number | undefined;
  /** -G: a file of so much time. */
  readonly seconds?: number | undefined;
  /** -W: with `maxBytes`, after so many files the first is overwritten; else, so many in all. */
  readonly files?: number | undefined;
}

/** Whether there is more than one file. */
export function rotates({ maxBytes, seconds }: Rotation): boolean {
  return maxBytes !== undefined || seconds !== undefined;
}

/**
 * The name of a file. With -G, `template` is a strftime(3) format, of the local time at which its
 * period begins. With -C, all but the first have a number behind, or with -W all, with leading zeros.
 *
 * @param number of the file in its period, from 0
 */
export function rotatedName(
  template: string,
  { maxBytes, seconds, files }: Rotation,
  number: number,
  periodStart: Date,
): string {
  const name = seconds === undefined ? template : strftime(template, periodStart);
  if (maxBytes === undefined) return name;
  if (files !== undefined) return name + String(number).padStart(String(files - 1).length, '0');
  return number === 0 ? name : `${name}${number}`;
}
