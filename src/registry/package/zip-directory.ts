import { TondoError } from "../../core/index.ts";
import { checkLimit, type RegistryLimits } from "../limits.ts";

/** A file of a ZIP as the directory at its end describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc: number;
  /** Bytes as they lie in the ZIP. */
  readonly data: Uint8Array;
  /** Bytes once unpacked, as the directory claims. */
  readonly size: number;
}

/** The error of a package that cannot be trusted. */
export function corrupt(why: string): TondoError {
  return new TondoError("PACKAGE_CORRUPT", `not a package of this registry: ${why}`, {
    hint: "Restore the package from a backup, or train and register the version again.",
  });
}

// Signatures and sizes of PKWARE's APPNOTE 4.3: local header, entry of the central directory, its end.
const local = { signature: 0x04034b50, size: 30 };
const central = { signature: 0x02014b50, size: 46 };
const end = { signature: 0x06054b50, size: 22 };
const utf8Flag = 0x800;

/**
 * Reads the directory of a ZIP, and demands that it describes every byte of the file once, in order: nothing before,
 * between or behind the files, no overlaps, no encryption, no comment, local headers that say the same. That leaves
 * no room for a file that one reader sees and another does not.
 *
 * @throws TondoError `PACKAGE_CORRUPT`, `LIMIT_EXCEEDED`
 */
export function readZipDirectory(bytes: Uint8Array, limits: RegistryLimits): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endAt = bytes.length - end.size;
  if (endAt < 0 || view.getUint32(endAt, true) !== end.signature) throw corrupt("it does not end as a ZIP does");
  const count = view.getUint16(endAt + 10, true);
  const directoryAt = view.getUint32(endAt + 16, true);
  if (
    view.getUint32(endAt + 4, true) !== 0 ||
    view.getUint16(endAt + 8, true) !== count ||
    directoryAt + view.getUint32(endAt + 12, true) !== endAt ||
    view.getUint16(endAt + 20, true) !== 0
  ) {
    throw corrupt("its directory is not where the end says");
  }
  checkLimit("a package's files", count, limits, "maxPackageFiles");
  const entries: ZipEntry[] = [];
  let at = directoryAt;
  let dataAt = 0;
  for (let i = 0; i < count; i++) {
    if (at + central.size > endAt || view.getUint32(at, true) !== central.signature)
      throw corrupt("its directory is cut off");
    const next = at + central.size + sumOfLengths(view, at + 28, 3);
    if (next > endAt) throw corrupt("its directory is cut off");
    const entry = readEntry(bytes, view, at, dataAt, directoryAt);
    entries.push(entry.entry);
    dataAt = entry.end;
    at = next;
  }
  if (at !== endAt || dataAt !== directoryAt) throw corrupt("it holds bytes that belong to no file");
  return entries;
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  dataAt: number,
  limit: number,
): { entry: ZipEntry; end: number } {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const name = decodeName(bytes.subarray(at + central.size, at + central.size + view.getUint16(at + 28, true)));
  if ((flags & ~utf8Flag) !== 0) throw corrupt(`${name} is encrypted or streamed`);
  if (method !== 0 && method !== 8) throw corrupt(`${name} is packed in an unknown way`);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  if (method === 0 && packed !== size) throw corrupt(`${name} has two sizes`);
  if (view.getUint32(at + 42, true) !== dataAt || dataAt + local.size > limit)
    throw corrupt(`${name} is not where it should be`);
  const from = dataAt + local.size + sumOfLengths(view, dataAt + 26, 2);
  // From the flags to the length of the name, both headers have the same fields.
  const same = Buffer.compare(bytes.subarray(at + 8, at + 30), bytes.subarray(dataAt + 6, dataAt + 28)) === 0;
  const localName = bytes.subarray(dataAt + local.size, dataAt + local.size + view.getUint16(dataAt + 26, true));
  if (view.getUint32(dataAt, true) !== local.signature || !same || decodeName(localName) !== name) {
    throw corrupt(`${name} is described in two ways`);
  }
  if (from + packed > limit) throw corrupt(`${name} is cut off`);
  const crc = view.getUint32(at + 16, true);
  const data = bytes.subarray(from, from + packed);
  return { entry: { name, deflated: method === 8, crc, data, size }, end: from + packed };
}

function sumOfLengths(view: DataView, at: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += view.getUint16(at + 2 * i, true);
  return sum;
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw corrupt("a file's name is not UTF-8");
    throw error;
  }
}
