/** Bounds of a load. */
export interface MaterializeLimits {
  /** Records are written in transactions of about so many bytes. */
  readonly batchBytes: number;
  /** The largest record: all tiles, or all versions, of one key. */
  readonly recordBytes: number;
  /** How much of the rows of the last day of a key, whose events have an `id`, is kept beside its tiles: a key with more takes no pushed rows. */
  readonly recentBytes: number;
  /** How many versions of a row a key may have: the current one, and those dated later. */
  readonly versions: number;
  /** Up to which share of a group's keys a load computes those alone that something new came to, and copies the records of the others. */
  readonly changedShare: number;
  /** Up to how many keys it does so: they are held in memory. */
  readonly changedKeys: number;
}

/** The defaults of {@link MaterializeLimits}. */
export const defaultMaterializeLimits: MaterializeLimits = {
  batchBytes: 4 << 20,
  recordBytes: 16 << 20,
  recentBytes: 4 << 20,
  versions: 1000,
  changedShare: 0.25,
  changedKeys: 1_000_000,
};
