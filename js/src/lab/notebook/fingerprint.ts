/** A short sign of a cell's code, by which it is found again when its id has changed. Twin of labapi/fingerprint.py. */

const SPACE = /[ \t\n\r\f\v]+/g;
const CRC = Uint32Array.from({ length: 256 }, (_, at) => {
  let value = at;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Sums up code without its white space, which splitting and merging cells changes; empty for no code. */
export function fingerprint(code: string): string {
  const bare = new TextEncoder().encode(code.replace(SPACE, ''));
  return bare.length > 0 ? `${bare.length.toString(16)}-${crc32(bare).toString(16)}` : '';
}

/** Not SHA-256: a browser has that for pages of this machine or with https only. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
