import type { Micros } from "../../core/index.ts";
import type { ModelsTable } from "../../database/index.ts";

/** The name that versions and tags hang on, and what people should know of it. */
export interface Model {
  readonly name: string;
  readonly owner: string;
  readonly project: string;
  readonly description: string;
  /** The names of the hierarchy's levels from the top down; the first is that of the global node. */
  readonly levels: readonly string[];
  readonly createdAt: Micros;
  readonly createdBy: string;
  /** The number of the newest version, 0 where there is none. */
  readonly lastNumber: number;
}

/** What a caller says of a new model. */
export interface NewModel {
  readonly name: string;
  readonly owner?: string;
  readonly project?: string;
  readonly description?: string;
  /** `["global"]` by default: a model without partitions. */
  readonly levels?: readonly string[];
}

/** A row as the API shows it. */
export function toModel(row: Omit<ModelsTable, "revision" | "changed_at">): Model {
  return Object.freeze({
    name: row.name,
    owner: row.owner,
    project: row.project,
    description: row.description,
    levels: decodeLevels(row.levels),
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastNumber: row.last_number,
  });
}

/** The level names that a table holds. */
export function decodeLevels(text: string): readonly string[] {
  return Object.freeze(JSON.parse(text) as string[]);
}
