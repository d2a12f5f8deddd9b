/** An erasure of a key: that it was done, not of which key. */
export interface ErasuresTable {
  /** UUID v7. */
  readonly id: string;
  readonly entity: string;
  /** HMAC-SHA256 of the key, hex, by a secret that stands in the home and not here. */
  readonly digest: string;
  /** Which secret: the first digits of its hash. */
  readonly secret: string;
  readonly actor: string;
  /** Microseconds since 1970. From then on loads leave the key out. */
  readonly begun_at: number;
  /** Set once a scan has found the key nowhere. */
  readonly done_at: number | null;
  /** JSON: counts by place. */
  readonly places: string | null;
  /** Set when loads were allowed to bring the key back. */
  readonly forgotten_at: number | null;
  readonly forgotten_by: string | null;
}

/** The tables of erasures. */
export interface ErasureTables {
  readonly erasures: ErasuresTable;
}
