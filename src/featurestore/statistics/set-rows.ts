import { join, resolve } from "node:path";
import {
  type Micros,
  type Moment,
  TondoError,
  toMicros,
  type TypeName,
  parseTypeName,
  type ValueKind,
} from "../../core/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { filesOfPart, type Manifest, manifestFile, readManifest, scanSet } from "../offline/index.ts";
import type { StatsPart, StatsSubject } from "./feature-statistics.ts";
import type { MeasuredColumn } from "./measured-column.ts";

/** Rows of a training set to describe, or to compare with. */
export interface StatsRows {
  /** The folder that `tondo training-set` wrote. */
  readonly set: string;
  /** Default `train`: what is learned of the holdout no longer judges. */
  readonly part?: StatsPart;
  /** The period of the rows' moments: its beginning is in it, its end is not. */
  readonly from?: Moment;
  readonly to?: Moment;
}

/** Rows whose manifest has been read. */
export interface FoundRows {
  readonly folder: string;
  readonly shown: string;
  readonly manifest: Manifest;
  readonly part: StatsPart;
  readonly from: Micros | null;
  readonly to: Micros | null;
}

/**
 * Reads the manifest of what was asked for.
 *
 * @throws TondoError `MANIFEST_INVALID`, `INVALID_ARGUMENT` where the set has no such part or the period is none
 */
export async function findRows({ set, part = "train", from, to }: StatsRows, folder: string): Promise<FoundRows> {
  const path = resolve(folder, set);
  const manifest = await readManifest(path);
  const found: FoundRows = {
    ...{ folder: path, shown: set, manifest, part },
    from: from === undefined ? null : toMicros(from, "from"),
    to: to === undefined ? null : toMicros(to, "to"),
  };
  if (found.from !== null && found.to !== null && found.from >= found.to) {
    throw new TondoError("INVALID_ARGUMENT", "the period ends before it begins", {
      hint: "A period includes its beginning and excludes its end.",
    });
  }
  if (filesOfPart(manifest, part).length === 0) {
    throw new TondoError("INVALID_ARGUMENT", `the training set has no ${part} rows`, {
      where: join(path, manifestFile),
      hint: "It was made without a split; make it with a holdout, or name a period.",
    });
  }
  return found;
}

/** Whether a training set has rows held out. */
export function hasHoldout(manifest: Manifest): boolean {
  return manifest.files.some(({ part }) => part === "holdout");
}

/** SQL of these rows: `side`, their moment `q`, and each column by its own SQL name; columns that they lack are missing. */
export async function rowsSql(
  engine: Engine,
  found: FoundRows,
  columns: readonly MeasuredColumn[],
  side: 0 | 1,
): Promise<string> {
  const here = columns.filter((column) => hasColumn(found.manifest, column));
  const nameOf = (name: string): string => here.find((column) => column.name === name)?.sql ?? "q";
  const names = new Set(["at", ...here.map(({ name }) => name)]);
  const scan = await scanSet(engine, found, [...names], { nameOf });
  const moment = here.find(({ name }) => name === "at")?.sql ?? "q";
  const selected = columns.map(({ sql, kind }) =>
    here.some((column) => column.sql === sql) ? sql : `null::${emptyType(kind)} as ${sql}`,
  );
  const period = [
    ...(found.from === null ? [] : [`${moment} >= ${String(found.from)}`]),
    ...(found.to === null ? [] : [`${moment} < ${String(found.to)}`]),
  ];
  const where = period.length === 0 ? "" : ` where ${period.join(" and ")}`;
  return `select ${String(side)} as side, ${[`${moment} as moment`, ...selected].join(", ")} from (${scan})${where}`;
}

/** Whether a training set has this column, of this kind. */
export function hasColumn({ columns }: Manifest, { name, kind }: MeasuredColumn): boolean {
  return columns.some((one) => one.name === name && parseTypeName(one.type as TypeName).kind === kind);
}

/** What these rows are, once they have been counted. */
export function subjectOf(
  { shown, manifest: { vector, inputsDigest }, part, from, to }: FoundRows,
  counted: { readonly rows: number; readonly first: Micros | null; readonly last: Micros | null },
): StatsSubject {
  return {
    ...{ folder: shown, vector: vector.name, fingerprint: vector.fingerprint, inputsDigest, part, from, to },
    ...counted,
  };
}

function emptyType(kind: ValueKind): string {
  return kind === "string"
    ? "varchar"
    : kind === "bool"
      ? "boolean"
      : kind.includes("(") || kind.includes("<")
        ? "double[]"
        : kind === "float"
          ? "double"
          : "bigint";
}
