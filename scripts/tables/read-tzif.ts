import { readFileSync } from "node:fs";

/** A zone as its compiled file has it; seconds throughout. */
export interface ZoneFile {
  /** From which moment which offset holds; the first has no beginning. */
  readonly changes: readonly { readonly from: number; readonly offset: number }[];
  /** The rule after the last change, as POSIX writes it. */
  readonly footer: string;
}

const headerLength = 44;

/** Reads the 64-bit part of a TZif file (RFC 9636), changes of nothing but name or summer flag left out. */
export function readTzif(path: string): ZoneFile {
  const bytes = readFileSync(path);
  if (bytes.toString("latin1", 0, 4) !== "TZif" || bytes.readUInt8(4) < 0x32) throw new Error(`${path} is no TZif v2`);
  const counts = (at: number): number[] => [0, 1, 2, 3, 4, 5].map((i) => bytes.readUInt32BE(at + 20 + 4 * i));
  const [utc = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0] = counts(0);
  const second = headerLength + times * 5 + types * 6 + letters + leaps * 8 + standard + utc;
  const [utc64 = 0, standard64 = 0, leaps64 = 0, times64 = 0, types64 = 0, letters64 = 0] = counts(second);
  const firstTime = second + headerLength;
  const firstIndex = firstTime + times64 * 8;
  const firstType = firstIndex + times64;
  const end = firstType + types64 * 6 + letters64 + leaps64 * 12 + standard64 + utc64;
  if (leaps64 > 0) throw new Error(`${path} counts leap seconds`);
  const offsetOf = (type: number): number => bytes.readInt32BE(firstType + type * 6);
  const changes = [{ from: -Infinity, offset: offsetOf(0) }];
  for (let i = 0; i < times64; i++) {
    const from = Number(bytes.readBigInt64BE(firstTime + i * 8));
    const offset = offsetOf(bytes.readUInt8(firstIndex + i));
    // The last one stays in any case: the footer holds from there.
    if (offset !== changes.at(-1)?.offset || i === times64 - 1) changes.push({ from, offset });
  }
  const footer = bytes.toString("latin1", end).trim();
  return { changes, footer };
}
