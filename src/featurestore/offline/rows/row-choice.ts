import { nearestName, type ValueKind } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import {
  type Comparison,
  comparisonsOf,
  type Filter,
  type Path,
  type Sampling,
  specificationError,
  type Split,
  type Written,
} from "../../specification/index.ts";
import type { StoredForm } from "../files/file-scan.ts";
import { type ColumnAt, filterSql, pruningSql } from "./filter-sql.ts";
import type { ChosenColumn } from "./filter-value.ts";
import { hashSql, lotSql, withinShare } from "./hash-sql.ts";

/** Which of the left rows are read, and what is chosen among them by their columns. */
export interface RowChoice {
  readonly filters: readonly Filter[];
  readonly sampling?: Sampling | undefined;
  /** Only of interest where rows are held out by their columns. */
  readonly holdout?: Split["holdout"] | undefined;
  /** The seed by which training rows of a class draw lots, where they do. */
  readonly balanceSeed?: number | undefined;
  /** What hashes are of where nothing is said: all keys. */
  readonly keys: readonly string[];
  /** The column of the moment. */
  readonly at: string;
  readonly written?: Written | undefined;
}

/** The columns that hold the keys of a vector: its roles', or where it has none the inputs that keys are. */
export function keyColumnsOf({ keys, inputs, reads }: VectorPlan): readonly string[] {
  if (keys.length > 0) return keys.map(({ name }) => name);
  const used = new Set(reads.flatMap(({ key }) => key.flatMap((part) => (part.node === "column" ? [part.name] : []))));
  return inputs.flatMap(({ name }) => (used.has(name) ? [name] : []));
}

/** A choice that takes all rows. */
export function allRows(keys: readonly string[], at: string): RowChoice {
  return { filters: [], keys, at };
}

interface NamedColumn {
  readonly name: string;
  readonly path: Path;
  /** Whether rows are hashed by it, and not compared. */
  readonly isHashed?: boolean;
}

/** The columns of the rows that a choice needs, with the path of who names them. */
export function columnsOfChoice(choice: RowChoice): readonly NamedColumn[] {
  const { filters, holdout } = choice;
  const compared = filters.flatMap((filter, i) =>
    [...comparisonsOf(filter, ["filters", i])].map(({ comparison, path }) => ({
      name: comparison.column,
      path: [...path, "column"],
    })),
  );
  return [
    ...compared,
    ...sampledBy(choice),
    ...(isComparison(holdout) ? [{ name: holdout.column, path: ["split", "holdout", "column"] }] : []),
    ...heldBy(choice),
    ...(choice.balanceSeed === undefined ? [] : rowColumns(choice)),
  ];
}

/** SQL of a choice over the columns of the rows. */
export interface ChoiceSql {
  /** What the filters say; absent where they say nothing. */
  readonly kept?: string;
  /** Whether a row is of the sample, where that is a share. */
  readonly sampled?: string;
  /** By which rows are sampled where they are a number: those with the least, and that number. */
  readonly least?: {
    readonly lot: string;
    readonly count: number;
    /** Whether a row is of a share of all. */
    readonly within: (share: number) => string;
  };
  /** Whether a row is held out, where its columns say that. */
  readonly held?: string;
  /** The lot of a row among those of its class. */
  readonly lot?: string;
}

/**
 * @throws TondoError `SPECIFICATION_INVALID` where a value is not of its column's kind, or a column cannot be hashed
 */
export function choiceSql(choice: RowChoice, columnAt: ColumnAt): ChoiceSql {
  const { filters, sampling, holdout, balanceSeed, written } = choice;
  const hashed = (seed: number | undefined, by: readonly NamedColumn[]): string =>
    hashSql(
      seed ?? 0,
      by.map(({ name, path }) => ({ column: columnAt(name, path), path })),
      written,
    );
  const kept = filters.map((filter, i) => filterSql(filter, ["filters", i], columnAt, written));
  const sample = sampling === undefined ? undefined : hashed(sampling.seed, sampledBy(choice));
  return {
    ...(kept.length === 0 ? {} : { kept: kept.join(" and ") }),
    ...(sample === undefined || sampling === undefined
      ? {}
      : "count" in sampling
        ? { least: { lot: lotSql(sample), count: sampling.count, within: (share) => withinShare(sample, share) } }
        : { sampled: withinShare(sample, sampling.fraction) }),
    ...(holdout === undefined
      ? {}
      : isComparison(holdout)
        ? { held: `coalesce(${filterSql(holdout, ["split", "holdout"], columnAt, written)}, false)` }
        : "fraction" in holdout
          ? { held: withinShare(hashed(holdout.seed, heldBy(choice)), holdout.fraction) }
          : {}),
    ...(balanceSeed === undefined ? {} : { lot: lotSql(hashed(balanceSeed, rowColumns(choice))) }),
  };
}

/** SQL over a file's own columns of a condition that holds for all rows that the filters keep. */
export function pruningOf({ filters }: RowChoice, columnAt: ColumnAt, stored: StoredForm): string | undefined {
  return filters.length === 0 ? undefined : pruningSql({ all: filters }, columnAt, stored);
}

/** Says that the rows lack a column that a choice names. */
export function lackingColumn(
  { name, path }: NamedColumn,
  present: readonly string[],
  written: Written | undefined,
): Error {
  const nearest = nearestName(name, present);
  const has = `They have ${present.slice(0, 20).join(", ")}.`;
  return specificationError(
    [
      {
        path,
        message: `names the column "${name}", which the training rows do not have`,
        hint: nearest === undefined ? has : `Did you mean "${nearest}"? ${has}`,
      },
    ],
    written,
  );
}

/** Columns by name over what they are loaded as. */
export function columnsAt(at: string, kinds: ReadonlyMap<string, ValueKind>, sql: (name: string) => string): ColumnAt {
  return (name): ChosenColumn => ({
    name,
    kind: name === at ? "timestamp" : (kinds.get(name) ?? "string"),
    sql: sql(name),
  });
}

function isComparison(holdout: Split["holdout"]): holdout is Comparison {
  return holdout !== undefined && "column" in holdout;
}

function sampledBy(choice: RowChoice): readonly NamedColumn[] {
  if (choice.sampling === undefined) return [];
  return (
    choice.sampling.by?.map((name, i) => ({ name, path: ["sampling", "by", i], isHashed: true })) ?? rowColumns(choice)
  );
}

function heldBy({ holdout, keys }: RowChoice): readonly NamedColumn[] {
  if (holdout === undefined || !("fraction" in holdout)) return [];
  const path = ["split", "holdout", "by"];
  return (holdout.by ?? keys).map((name, i) => ({
    name,
    path: holdout.by === undefined ? path : [...path, i],
    isHashed: true,
  }));
}

/** What tells one row from another: its keys and its moment. */
function rowColumns({ keys, at }: RowChoice): readonly NamedColumn[] {
  return [...keys, at].map((name) => ({ name, path: [], isHashed: true }));
}
