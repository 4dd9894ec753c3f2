/** How long ago, in words. Twin of `ago` in views/numbers.py. */

const THIN = '\u202f';
const STEPS: [number, string][] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];
const A_MONTH = 30 * 86_400;

/** then, now: seconds since the epoch. After a month the date, as this browser's clock has it. */
export function ago(then: number, now: number): string {
  const passed = now - then;
  if (passed < 60) return 'just now';
  if (passed >= A_MONTH) {
    const day = new Date(then * 1000);
    const two = (part: number) => String(part).padStart(2, '0');
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  }
  const [size, name] = STEPS.find(([each]) => passed >= each) ?? [60, 'min'];
  return `${Math.floor(passed / size)}${THIN}${name} ago`;
}
