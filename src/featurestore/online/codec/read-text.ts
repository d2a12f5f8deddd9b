import { corrupt } from "./record.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * UTF-8 as a text.
 * @throws TondoError `STORE_CORRUPT`
 */
export function readText(u8: Uint8Array, start: number, length: number): string {
  // Short ASCII is most of what there is, and a decoder costs more than it.
  if (length <= 24) {
    let ascii = "";
    let i = start;
    for (; i < start + length; i++) {
      const byte = u8[i] ?? 0;
      if (byte >= 0x80) break;
      ascii += String.fromCharCode(byte);
    }
    if (i === start + length) return ascii;
  }
  try {
    return decoder.decode(u8.subarray(start, start + length));
  } catch {
    throw corrupt("a text is not UTF-8");
  }
}
