/** Bounds of an LMDB store. */
export interface LmdbLimits {
  /** How many groups the store may hold; each takes four databases of the environment. */
  readonly groups: number;
  /** How many read transactions may be open at once, all processes together. */
  readonly readers: number;
  /** The memory map a store begins with, bytes; it grows by itself. */
  readonly mapBytes: number;
  /** How long ahead of its moment a switch is written, milliseconds: longer than the disk takes to write it. */
  readonly switchLeadMs: number;
  /** How long ahead of its moment a pushed row is written, milliseconds: longer than the disk takes to write it. */
  readonly pushLeadMs: number;
}

/** The defaults of {@link LmdbLimits}. */
export const defaultLmdbLimits: LmdbLimits = {
  groups: 256,
  readers: 256,
  mapBytes: 1 << 20,
  switchLeadMs: 500,
  pushLeadMs: 25,
};

/** How a store is opened. */
export interface LmdbOptions {
  /** A folder; it is made where it is not there. */
  readonly folder: string;
  /** Only reads; the store must exist. Many processes may, beside one that writes. */
  readonly readOnly?: boolean;
  readonly limits?: Partial<LmdbLimits>;
}
