/** A model: the name that versions and tags hang on. */
export interface ModelsTable {
  readonly name: string;
  readonly owner: string;
  readonly project: string;
  readonly description: string;
  /** JSON array of level names, `["global", "country", ...]`. */
  readonly levels: string;
  readonly created_at: number;
  readonly created_by: string;
  /** The number of the newest version; also the row to lock for whatever changes the model. */
  readonly last_number: number;
  /** Grows with every change of versions, tags or nodes: what a snapshot compares. */
  readonly revision: number;
  /** The moment of the newest change; never goes back, whatever the clock does. */
  readonly changed_at: number;
}

/** A model version; never updated. */
export interface VersionsTable {
  /** UUID v7. */
  readonly id: string;
  readonly model: string;
  /** 1, 2, 3 ... for each model, without gaps. */
  readonly number: number;
  /** Canonical JSON array of the partition path. */
  readonly path: string;
  /** SHA-256 of what makes two registrations the same version. */
  readonly content_digest: string;
  readonly package_digest: string;
  readonly vector_name: string | null;
  readonly vector_fingerprint: string | null;
  readonly trainer_name: string;
  readonly trainer_version: string;
  readonly configuration: string;
  readonly parameters: string;
  readonly metrics: string;
  readonly training_set: string | null;
  readonly holdout_set: string | null;
  readonly parent_id: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly labels: string;
  readonly seed: number | null;
  readonly environment: string;
  readonly created_at: number;
  readonly created_by: string;
}

/** Where each tag is now; a deleted one stays with `version_id` null, so that its numbering goes on. */
export interface TagsTable {
  readonly model: string;
  readonly tag: string;
  readonly path: string;
  /** The last entry of {@link TagChangesTable}. */
  readonly seq: number;
  readonly version_id: string | null;
}

/** The log of all moves of all tags; append-only. */
export interface TagChangesTable {
  readonly model: string;
  readonly tag: string;
  readonly path: string;
  /** 1, 2, 3 ... for each model, tag and path, without gaps. */
  readonly seq: number;
  readonly version_id: string | null;
  readonly previous_version_id: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
  /** UUID v7 shared by the moves of one transaction. */
  readonly change_id: string;
}

/** The nodes of a model's hierarchy that training looked at. */
export interface PartitionNodesTable {
  readonly model: string;
  readonly path: string;
  readonly rows: number;
  readonly min_rows: number;
  readonly state: string;
  readonly recorded_at: number;
}

/** The registry's tables. */
export interface RegistryTables {
  readonly models: ModelsTable;
  readonly versions: VersionsTable;
  readonly tags: TagsTable;
  readonly tag_changes: TagChangesTable;
  readonly partition_nodes: PartitionNodesTable;
}
