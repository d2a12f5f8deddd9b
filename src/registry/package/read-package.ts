import { crc32, inflateRawSync } from "node:zlib";
import { sha256 } from "../../core/index.ts";
import { checkLimit, defaultLimits, type RegistryLimits } from "../limits.ts";
import { isPackagePath } from "./package-files.ts";
import { corrupt, readZipDirectory, type ZipEntry } from "./zip-directory.ts";

/** A package that was read and checked. */
export interface ModelPackage {
  /** SHA-256 of the ZIP. */
  readonly digest: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

// Deflate packs at most about 1,032 to 1; parameters as text pack about 10 to 1.
const maxRatio = 200;

/**
 * Reads a package without trusting it: names, count and sizes are checked before anything is unpacked, every file's
 * checksum after. No code in it is run, and nothing is written.
 *
 * @throws TondoError `PACKAGE_CORRUPT`, `LIMIT_EXCEEDED`
 */
export function readPackage(bytes: Uint8Array, limits: RegistryLimits = defaultLimits): ModelPackage {
  checkLimit("a package's bytes", bytes.length, limits, "maxPackageBytes");
  const entries = readZipDirectory(bytes, limits);
  const lower = new Set<string>();
  let total = 0;
  for (const { name, size, data } of entries) {
    if (!isPackagePath(name)) throw corrupt(`a file's name is not allowed: ${JSON.stringify(name.slice(0, 250))}`);
    if (lower.has(name.toLowerCase())) throw corrupt(`it has two files named ${name}`);
    lower.add(name.toLowerCase());
    if (size > data.length * maxRatio) throw corrupt(`${name} claims to unpack to ${String(size)} bytes`);
    total += size;
  }
  checkLimit("a package's unpacked bytes", total, limits, "maxPackageBytes");
  return { digest: sha256(bytes), files: new Map(entries.map((entry) => [entry.name, unpack(entry)])) };
}

function unpack(entry: ZipEntry): Uint8Array {
  const content = entry.deflated ? inflate(entry) : entry.data;
  if (content.length !== entry.size) throw corrupt(`${entry.name} does not have the size it claims`);
  if (crc32(content) !== entry.crc) throw corrupt(`${entry.name} does not have the checksum it claims`);
  return content;
}

function inflate(entry: ZipEntry): Uint8Array {
  try {
    return inflateRawSync(entry.data, { maxOutputLength: Math.max(1, entry.size) });
  } catch {
    // Whatever zlib dislikes about it, the package is not what was sealed.
    throw corrupt(`${entry.name} does not unpack`);
  }
}
