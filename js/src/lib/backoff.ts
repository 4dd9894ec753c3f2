/** How long to wait before trying again. */

const FIRST = 500;
const LONGEST = 30_000;

/** failures: in a row, from 1. chance: from 0 to 1, so that many windows do not come back together. Milliseconds. */
export function pauseAfter(failures: number, chance: number): number {
  const pause = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.round(pause * (0.75 + chance / 2));
}
