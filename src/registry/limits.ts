import { TondoError } from "../core/index.ts";

/** What a registry accepts at most. */
export interface RegistryLimits {
  /** Of one package, as ZIP and unpacked. */
  readonly maxPackageBytes: number;
  /** Files in a package. */
  readonly maxPackageFiles: number;
  /** Of each JSON document of a version: configuration, parameters, metrics, labels, environment. */
  readonly maxDocumentBytes: number;
  /** Versions, tag moves or nodes in one call. */
  readonly maxBatch: number;
  /** Rows that a listing gives at once. */
  readonly maxPage: number;
}

/** 512 MiB, 1,000 files, 1 MiB, 20,000 and 1,000. */
export const defaultLimits: RegistryLimits = {
  maxPackageBytes: 512 * 1024 * 1024,
  maxPackageFiles: 1_000,
  maxDocumentBytes: 1024 * 1024,
  maxBatch: 20_000,
  maxPage: 1_000,
};

/**
 * Throws where something is larger than the limit of that name allows.
 * @throws TondoError `LIMIT_EXCEEDED`
 */
export function checkLimit(what: string, size: number, limits: RegistryLimits, name: keyof RegistryLimits): void {
  const limit = limits[name];
  if (size <= limit) return;
  throw new TondoError("LIMIT_EXCEEDED", `${what}: ${String(size)} is more than ${name} allows (${String(limit)})`, {
    hint: `Make it smaller, or open the registry with a larger limits.${name}.`,
    details: { limit: name, size, allowed: limit },
  });
}
