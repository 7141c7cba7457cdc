const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** A number of bytes in three digits or so, with units of the SI: `512 bytes`, `4.6 kB`, `12 MB`. */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  let value = bytes;
  let unit = '';
  for (const larger of UNITS) {
    // What would be rounded up to 1000 is of the next unit.
    if (value < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
