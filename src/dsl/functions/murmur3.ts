/** The 32-bit form of MurmurHash3 (Austin Appleby, x86_32, public domain), over bytes that are never put in memory. */

function mixed(hash: number, block: number): number {
  const own = Math.imul(rotated(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotated(hash ^ own, 13), 5) + 0xe6546b64) | 0;
}

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function finished(hash: number, bytes: number): number {
  let h = hash ^ bytes;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The hash of a text's UTF-8 bytes, 0 to 2^32 - 1. */
export function hashText(text: string, seed: number): number {
  let hash = seed | 0;
  let block = 0;
  let filled = 0;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    // A code point's bytes, the first one lowest.
    let own: number;
    let count: number;
    if (code < 0x80) {
      own = code;
      count = 1;
    } else if (code < 0x800) {
      own = 0x80c0 | (code >> 6) | ((code & 0x3f) << 8);
      count = 2;
    } else if ((code & 0xfc00) !== 0xd800) {
      own = 0x8080e0 | (code >> 12) | (((code >> 6) & 0x3f) << 8) | ((code & 0x3f) << 16);
      count = 3;
    } else {
      // Texts are well-formed: the other half follows.
      code = 0x10000 + ((code & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
      own =
        0x808080f0 | (code >> 18) | (((code >> 12) & 0x3f) << 8) | (((code >> 6) & 0x3f) << 16) | ((code & 0x3f) << 24);
      count = 4;
    }
    bytes += count;
    block |= own << filled;
    const free = 32 - filled;
    filled += count * 8;
    if (filled >= 32) {
      hash = mixed(hash, block);
      filled -= 32;
      block = filled === 0 ? 0 : own >>> free;
    }
  }
  if (filled > 0) hash ^= Math.imul(rotated(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  return finished(hash, bytes);
}

/** The hash of the 8 bytes of a 64-bit whole number, the lowest first; 0 to 2^32 - 1. */
export function hashInt(value: number | bigint, seed: number): number {
  const [low, high] =
    typeof value === "number"
      ? [value | 0, Math.floor(value / 4294967296) | 0]
      : [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
  return finished(mixed(mixed(seed | 0, low), high), 8);
}
