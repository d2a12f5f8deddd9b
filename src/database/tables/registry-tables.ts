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
  /** 1 where the node is served by the one above it, whatever it has. */
  readonly pinned: number;
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
  readonly pinned: number;
  readonly previous_pinned: number;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
  /** UUID v7 shared by the moves of one transaction. */
  readonly change_id: string;
}

/** Where a tag is as a whole. */
export interface TagHeadsTable {
  readonly model: string;
  readonly tag: string;
  /** The last entry of {@link TagLedgerTable}. */
  readonly seq: number;
  /** The release that it is on; null where its nodes were moved one by one. */
  readonly release_id: string | null;
}

/** What a tag did as a whole: an entry for each change, of however many nodes; append-only. */
export interface TagLedgerTable {
  readonly model: string;
  readonly tag: string;
  /** 1, 2, 3 ... for each model and tag, without gaps. */
  readonly seq: number;
  readonly change_id: string;
  /** How many nodes moved. */
  readonly moves: number;
  readonly release_id: string | null;
  readonly previous_release_id: string | null;
  /** The change that was taken back by this one. */
  readonly undoes: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** A set of versions for all nodes of a model; never updated. */
export interface ReleasesTable {
  /** UUID v7. */
  readonly id: string;
  readonly model: string;
  /** 1, 2, 3 ... for each model, without gaps. */
  readonly number: number;
  readonly description: string;
  /** The release that it was made from. */
  readonly base_id: string | null;
  /** SHA-256 of its nodes and their versions. */
  readonly content_digest: string;
  readonly nodes: number;
  readonly created_at: number;
  readonly created_by: string;
}

/** A node of a release; never updated. */
export interface ReleaseNodesTable {
  readonly release_id: string;
  readonly path: string;
  /** Null where the node is served by the one above it. */
  readonly version_id: string | null;
}

/** The number of the last entry of {@link RegistryChangesTable}; one row, which whoever changes anything holds until that is there. */
export interface RegistryHeadTable {
  readonly id: number;
  readonly seq: number;
}

/** All changes in the order in which they came to be; append-only. */
export interface RegistryChangesTable {
  /** 1, 2, 3 ... without gaps. */
  readonly seq: number;
  /** UUID v7 shared by what happened as one. */
  readonly change_id: string;
  readonly kind: string;
  readonly model: string;
  readonly actor: string;
  readonly at: number;
  /** JSON: what changed. */
  readonly about: string;
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
  readonly tag_heads: TagHeadsTable;
  readonly tag_ledger: TagLedgerTable;
  readonly releases: ReleasesTable;
  readonly release_nodes: ReleaseNodesTable;
  readonly registry_head: RegistryHeadTable;
  readonly registry_changes: RegistryChangesTable;
  readonly partition_nodes: PartitionNodesTable;
}
