/** A run of `apply`; append-only. */
export interface ApplicationsTable {
  /** UUID v7. */
  readonly id: string;
  /** Microseconds since 1970. */
  readonly applied_at: number;
  readonly actor: string;
  /** SHA-256 of the canonical JSON of the whole plan. */
  readonly plan_digest: string;
  /** JSON: what was added, changed and removed. */
  readonly changes: string;
}

/** One version of one definition of the language: an entity, source, group, feature or vector. */
export interface DefinitionsTable {
  readonly kind: string;
  readonly name: string;
  /** 1, 2, 3 ... for each kind and name. */
  readonly version: number;
  readonly fingerprint: string;
  /** JSON: its part of the plan. */
  readonly plan: string;
  /** JSON: documentation, owner, sla and whatever else does not change its meaning. */
  readonly about: string;
  /** Microseconds since 1970. */
  readonly applied_at: number;
  readonly applied_by: string;
  /** The run that brought it, see {@link ApplicationsTable}. */
  readonly application_id: string;
  /** Microseconds since 1970; set when the folder no longer defines it. */
  readonly removed_at: number | null;
}

/** The catalog's tables. */
export interface CatalogTables {
  readonly applications: ApplicationsTable;
  readonly definitions: DefinitionsTable;
}
