import { randomFillSync } from "node:crypto";

/** Random bytes for so many ids are asked for at once: that is most of what an id would cost. */
const pool = Buffer.allocUnsafeSlow(10 * 256);
let used = pool.length;

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** What is random in a byte of the pool: the rest is said by the standard. */
function drawn(at: number, mask: number, said: number): string {
  return hex[((pool[used + at] ?? 0) & mask) | said] ?? "";
}

/**
 * A UUID of version 7 (RFC 9562) as text: a moment in milliseconds, and 74 random bits.
 *
 * @param micros microseconds since 1970
 */
export function requestId(micros: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const millis = Math.max(0, Math.floor(micros / 1000))
    .toString(16)
    .padStart(12, "0");
  const id =
    `${millis.slice(0, 8)}-${millis.slice(8)}-${drawn(0, 0x0f, 0x70)}${drawn(1, 0xff, 0)}-` +
    `${drawn(2, 0x3f, 0x80)}${drawn(3, 0xff, 0)}-${drawn(4, 0xff, 0)}${drawn(5, 0xff, 0)}` +
    `${drawn(6, 0xff, 0)}${drawn(7, 0xff, 0)}${drawn(8, 0xff, 0)}${drawn(9, 0xff, 0)}`;
  used += 10;
  return id;
}
