import { parseTypeName, type ValueKind } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";

/** What a column of the log of served features says. */
export type ServedRole = "about" | "key" | "input" | "raw" | "status" | "slot";

/** A column of the log of served features. */
export interface ServedColumn {
  /** The column's name in the public files. */
  readonly name: string;
  /**
   * What its values are. In Parquet a `timestamp` is TIMESTAMP in microseconds, UTC; an `int` and a `duration` are BIGINT, a `float` DOUBLE, a `date` DATE, lists and
   * embeddings LIST, as in training sets. Missing is NULL; no column holds NaN.
   */
  readonly kind: ValueKind;
  readonly role: ServedRole;
  /**
   * What it is of: the column of the vector's requests (`store`, or `store_part` of a key with several parts), the input, the id of the read (of
   * its value and of its status), or the slot; of what is said about the answer the column's own name.
   */
  readonly of: string;
}

/**
 * What is said about each answer, first in each file.
 *
 * - `request_id`: a UUID v7 as text; no two rows have the same.
 * - `served_by`: `get` of `features.get(vector, keys)`, `prepare` of a prepared vector's `read`, `predict` of a prediction.
 * - `requested_at`: the moment that the answer is of (`q`, the `at` of the answer). `logged_at`: the clock when it was given; its day is the folder's.
 * - `vector` and `fingerprint`: the name of the vector and `vectorFingerprint` of its plan.
 * - Of predictions, else NULL: `model`, `model_version` (a UUID), `tag` (NULL where the version was asked for by its id), `partition` (the path asked for),
 *   `partition_answered` (the path of the node that answered), `score` (NULL where a slot it needs is missing).
 */
export const aboutColumns: readonly (readonly [name: string, kind: ValueKind])[] = [
  ["request_id", "string"],
  ["served_by", "string"],
  ["requested_at", "timestamp"],
  ["logged_at", "timestamp"],
  ["vector", "string"],
  ["fingerprint", "string"],
  ["model", "string"],
  ["model_version", "string"],
  ["tag", "string"],
  ["partition", "list<string>"],
  ["partition_answered", "list<string>"],
  ["score", "float"],
];

/**
 * The columns of a vector's log, in their order. They follow from the plan alone, so all files of one fingerprint have the same. After what is said about
 * the answer:
 *
 * - `key__ROLE`, or `key__ROLE__PART` for each part of a key of several columns;
 * - `input__NAME`, NULL where the request had none;
 * - for each read its raw value under its id, `ROLE__ENTITY__GROUP__STORED`, spelled as the raw columns of training sets, and `status__` and the id: `present`, `missing`,
 *   `expired`, `not_found` or `unavailable`;
 * - `slot__NAME`, as the model was fed; NULL of answers that are no predictions: slots need what a model's training has fitted.
 *
 * Names that engines would take for one, since they differ in upper and lower case alone, are numbered: `slot__km`, `slot__KM_2`.
 */
export function servedColumns(vector: VectorPlan): readonly ServedColumn[] {
  const kindOf = (type: Parameters<typeof parseTypeName>[0]): ValueKind => parseTypeName(type).kind;
  const columns: ServedColumn[] = [
    ...aboutColumns.map(([name, kind]): ServedColumn => ({ name, kind, role: "about", of: name })),
    ...keyColumns(vector),
    ...vector.inputs.map(({ name, type }): ServedColumn => ({
      name: `input__${name}`,
      kind: kindOf(type),
      role: "input",
      of: name,
    })),
    ...vector.reads.flatMap(({ id, type }): readonly ServedColumn[] => [
      { name: id, kind: kindOf(type), role: "raw", of: id },
      { name: `status__${id}`, kind: "string", role: "status", of: id },
    ]),
    ...vector.slots.map(({ name, type }): ServedColumn => ({
      name: `slot__${name}`,
      kind: kindOf(type),
      role: "slot",
      of: name,
    })),
  ];
  return numbered(columns);
}

function keyColumns({ roles, entities }: VectorPlan): readonly ServedColumn[] {
  return roles.flatMap(({ role, entity }) => {
    const parts = entities.find(({ name }) => name === entity)?.key ?? [];
    return parts.map(({ name, type }): ServedColumn => {
      const isWhole = parts.length === 1;
      return {
        name: isWhole ? `key__${role}` : `key__${role}__${name}`,
        kind: parseTypeName(type).kind,
        role: "key",
        of: isWhole ? role : `${role}_${name}`,
      };
    });
  });
}

function numbered(columns: readonly ServedColumn[]): readonly ServedColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let { name } = column;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${column.name}_${String(n)}`;
    taken.add(name.toLowerCase());
    return { ...column, name };
  });
}
