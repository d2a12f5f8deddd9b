import type { TypeName } from "../../core/index.ts";
import type { CallPlan, ColumnPlan, ExpressionPlan } from "./expression-plan.ts";

/** One column of an entity's key. */
export interface KeyColumnPlan {
  readonly name: string;
  readonly type: TypeName;
}

/** A thing that features are about. */
export interface EntityPlan {
  readonly name: string;
  readonly key: readonly KeyColumnPlan[];
  /** The columns that hold personal data, sorted. No part of a fingerprint, nor is it of sources and vectors: no value depends on it. */
  readonly pii?: readonly string[];
}

/** When the rows of one place could first be used: at `known`, or `lag` after they happened; with neither, at once. Never both. */
interface Knowledge {
  /** A timestamp. */
  readonly known?: ExpressionPlan;
  /** Microseconds, more than 0. */
  readonly lag?: number;
}

/** Rows at rest. Neither path nor format is part of a fingerprint. */
export interface FileTransportPlan extends Knowledge {
  readonly format: "parquet" | "csv" | "arrow";
  /** As written: relative to the project folder, `*`, `**` and `?` as in a glob. */
  readonly path: string;
  /** Where rows lie that programs gave: the column with the moment from which on each counts. No definition says it. */
  readonly pushed?: string;
  /** Of such rows those that came too late to count at once: each waits for the first load that takes in what was pushed by then. */
  readonly late?: true;
}

/** Rows as they happen. The topic's name is no part of a fingerprint. */
export interface TopicTransportPlan extends Knowledge {
  readonly format: "kafka";
  readonly topic: string;
}

/** Rows of a table of PostgreSQL, which are extracted into files before they are read. Nothing but its knowledge is part of a fingerprint. */
export interface TableTransportPlan extends Knowledge {
  readonly format: "postgres";
  /** As written: see `tableParts`. */
  readonly table: string;
  /** The column whose values grow, an int, a timestamp or a date: what is beyond those seen is new. Absent: the table is read whole each time. */
  readonly cursor?: ColumnPlan;
  /** Beside a cursor: how far behind its last value rows are read again, microseconds or, of ints, numbers. */
  readonly lookback?: number;
}

/** Where a source's rows come from. */
export type TransportPlan = FileTransportPlan | TopicTransportPlan | TableTransportPlan;

/**
 * Rows of one kind, from one place or several. `events` are what happened, a `snapshot` is what is (one row a key, replaced), a `table` has no time
 * and is always visible.
 */
export interface SourcePlan {
  readonly name: string;
  readonly kind: "events" | "snapshot" | "table";
  readonly transports: readonly TransportPlan[];
  /** When a row happened: a timestamp. Absent for a table only. */
  readonly at?: ExpressionPlan;
  /** What makes two rows versions of one event; events only. */
  readonly id?: readonly ExpressionPlan[];
  /** Which rows delete, a bool; missing is false. Snapshots, and events with `id`. */
  readonly deleted?: ExpressionPlan;
  /** The columns that hold personal data, sorted, read or not. */
  readonly pii?: readonly string[];
  /** The columns that some expression reads, with the type each had when the plan was made, sorted by name. */
  readonly columns: Readonly<Record<string, TypeName>>;
}

/** A value that a group keeps per key: a column of its snapshot or table, or an aggregate over a window of its events. */
export type StoredPlan = StoredColumnPlan | StoredWindowPlan;

/** A column of a snapshot or table as it is. */
export interface StoredColumnPlan {
  readonly kind: "column";
  readonly name: string;
  readonly type: TypeName;
  readonly column: string;
}

/** An aggregate over a window. Backward: `floor(q - over, hop) <= t < q`. Forward (`next`, labels only): `q < t <= q + over`. */
export interface StoredWindowPlan {
  readonly kind: "window";
  readonly name: string;
  readonly type: TypeName;
  /** An entry of `functions/aggregates`. */
  readonly aggregate: string;
  readonly version: number;
  /** Constants beside the input, by name: the `p` of `quantile(x, p)`. */
  readonly options?: CallPlan["options"];
  /** Absent for `count()` of rows. */
  readonly input?: ExpressionPlan;
  readonly where?: ExpressionPlan;
  /** Microseconds. */
  readonly over: number;
  readonly hop: number;
  readonly direction: "back" | "next";
}

/** A feature: an expression over what its group stores, most often one stored value as it is. */
export interface FeaturePlan {
  /** With its version from 2 on: `prep_7d`, `prep_7d@2`. */
  readonly name: string;
  readonly type: TypeName;
  /** Whether it looks forward, and so may stand in labels only. */
  readonly forward: boolean;
  readonly value: ExpressionPlan;
}

/** A feature group: features of one entity from one source by one key. */
export interface GroupPlan {
  readonly entity: string;
  readonly name: string;
  readonly source: string;
  /** One expression over the source's columns for each column of the entity's key, in its order, of its type. */
  readonly key: readonly ExpressionPlan[];
  /** Snapshots: a state older than this (`q - t > ttl`, microseconds) is expired. */
  readonly ttl?: number;
  /** The columns the group's stored values, filters and inputs read, sorted by name: the last tie-break is on them in this order. */
  readonly reads: readonly string[];
  readonly stored: readonly StoredPlan[];
  readonly features: readonly FeaturePlan[];
}

/** A role of a vector: an entity it is asked about. One entity may come twice, under two roles. */
export interface RolePlan {
  readonly role: string;
  readonly entity: string;
}

/** A stored value that a vector needs: of which group, for which key. */
export interface ReadPlan {
  /**
   * `role__entity__group__stored`: the raw column of a training set. For a key of several parts their names are joined by `_`; one
   * that is computed is called by the step it is, or by its functions and what they are given.
   */
  readonly id: string;
  readonly entity: string;
  readonly group: string;
  readonly stored: string;
  readonly type: TypeName;
  /**
   * One expression for each column of the entity's key, over columns (roles' key columns and inputs), the moment of the request, and
   * other reads of the vector (`stored`, by id) whose own keys read none: at the most two hops.
   */
  readonly key: readonly ExpressionPlan[];
}

/** One number or text of a vector. */
export interface SlotPlan {
  readonly name: string;
  readonly type: TypeName;
  readonly value: ExpressionPlan;
}

/** What a model learns: an expression over columns of the left rows and over forward windows. */
export interface LabelPlan {
  readonly name: string;
  readonly type: TypeName;
  readonly value: ExpressionPlan;
  /** When the label was known, a timestamp over columns and `now`; absent: with the row. Of several causes the latest. */
  readonly known: readonly ExpressionPlan[];
}

/**
 * What a model is fed. Self-contained: the groups it reads stand in it, so that a package needs no catalog.
 * Columns named by expressions here: `role` (or `role_column` for a key of several columns), inputs, label columns.
 */
export interface VectorPlan {
  readonly version: 1;
  readonly name: string;
  readonly roles: readonly RolePlan[];
  /** The key columns of the roles, in order: what a request must name. */
  readonly keys: readonly KeyColumnPlan[];
  readonly inputs: readonly KeyColumnPlan[];
  /** The inputs that hold personal data, sorted. */
  readonly pii?: readonly string[];
  /** The columns of the left rows that only labels read. */
  readonly labelColumns: readonly KeyColumnPlan[];
  readonly reads: readonly ReadPlan[];
  /** Forward windows that labels read; never asked of the online store. */
  readonly labelReads: readonly ReadPlan[];
  readonly slots: readonly SlotPlan[];
  readonly labels: readonly LabelPlan[];
  readonly entities: readonly EntityPlan[];
  readonly sources: readonly SourcePlan[];
  readonly groups: readonly GroupPlan[];
}

/** All that a folder of `.tondo` files defines. */
export interface ProjectPlan {
  readonly version: 1;
  readonly entities: readonly EntityPlan[];
  readonly sources: readonly SourcePlan[];
  readonly groups: readonly GroupPlan[];
  readonly vectors: readonly VectorPlan[];
}

/** What people wrote about a definition; no part of any fingerprint. */
export interface About {
  readonly doc?: string;
  readonly owner?: string;
  /** Promised freshness, microseconds. */
  readonly sla?: number;
  readonly description?: string;
}
