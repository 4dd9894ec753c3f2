/** How bytes are set in type. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `950 B`, `1.2 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}\u202f${UNITS[unit]}`;
}
