/** How numbers and durations are set in type. Twin of views/numbers.py. */

const THIN = '\u202f';
const MINUS = '\u2212';

/** Three significant digits; whole numbers whole, extremes in scientific form. */
export function number(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 ? MINUS : '';
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return `${sign}infinity`;
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return sign + scientific(size, digits);
  if (Number.isInteger(size)) return sign + grouped(String(size));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return sign + grouped(trimmed(size.toFixed(decimals)));
}

/** How long: `12 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`. Whole seconds: a clock that runs shows no tenths. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}${THIN}s`;
  if (whole < 3600) return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return two(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  return two(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3600), 'h');
}

/** How long something took that has ended: `850 ms`, `12.4 s`, `1 min 12 s`; empty when unknown. */
export function took(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 0.001) return `<${THIN}1${THIN}ms`;
  if (seconds < 0.9995) return `${Math.round(1000 * seconds)}${THIN}ms`;
  if (seconds < 59.95) return `${trimmed(seconds.toFixed(1))}${THIN}s`;
  return duration(seconds);
}

function two(large: number, name: string, small: number, smaller: string): string {
  return `${large}${THIN}${name}${small > 0 ? ` ${small}${THIN}${smaller}` : ''}`;
}

function scientific(size: number, digits: number): string {
  const [mantissa = '', exponent = ''] = size.toExponential(digits - 1).split('e');
  return `${trimmed(mantissa)}e${Number(exponent)}`;
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
}

function grouped(text: string): string {
  const [whole = '', rest] = text.split('.');
  const spaced = Number(whole) >= 10_000 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  return rest === undefined ? spaced : `${spaced}.${rest}`;
}
