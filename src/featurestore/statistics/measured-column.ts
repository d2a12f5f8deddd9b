import {
  isEmbedding,
  isList,
  nearestName,
  parseTypeName,
  TondoError,
  type TypeName,
  type ValueKind,
} from "../../core/index.ts";
import { carrierOf, toCarrier } from "../duckdb/index.ts";
import type { Manifest, OutputColumn } from "../offline/index.ts";
import type { Measure } from "./feature-statistics.ts";

/** A column of a training set that is to be described. */
export interface MeasuredColumn {
  readonly name: string;
  readonly role: OutputColumn["role"];
  readonly type: TypeName;
  readonly kind: ValueKind;
  readonly measure: Measure;
  /** Its name in the SQL of this folder, which meets no other. */
  readonly sql: string;
  /** SQL of what is counted and ordered of it, by its carrier. */
  readonly counted: string;
  readonly carrier: "number" | "int" | "text";
}

const describedRoles: readonly OutputColumn["role"][] = ["slot", "label", "raw"];

/**
 * The columns to describe: those named, else slots, labels and raw features; in the order of the files.
 *
 * @throws TondoError `INVALID_ARGUMENT` for a name that no column has
 */
export function measuredColumns(
  manifest: Manifest,
  asked: readonly string[] | undefined,
  labels: readonly string[],
): readonly MeasuredColumn[] {
  const names = manifest.columns.map(({ name }) => name);
  for (const name of asked ?? []) if (!names.includes(name)) throw unknownColumn(name, names);
  const isWanted = ({ name, role }: OutputColumn): boolean =>
    asked === undefined ? describedRoles.includes(role) : asked.includes(name) || labels.includes(name);
  return manifest.columns.filter(isWanted).map((column, i) => measured(column, `c${String(i)}`));
}

/**
 * The labels that features are held against: those named, else all of the training set.
 *
 * @throws TondoError `INVALID_ARGUMENT` for a name that no label has
 */
export function labelsOf(manifest: Manifest, asked: readonly string[] | undefined): readonly string[] {
  const labels = manifest.columns.filter(({ role }) => role === "label").map(({ name }) => name);
  for (const name of asked ?? []) {
    if (labels.includes(name)) continue;
    throw new TondoError("INVALID_ARGUMENT", `the training set has no label "${name}"`, {
      hint: labels.length === 0 ? "Its vector declares none." : meant(name, labels),
    });
  }
  return [...new Set(asked ?? labels)];
}

function measured({ name, role, type }: OutputColumn, sql: string): MeasuredColumn {
  const typeName = type as TypeName;
  const { kind } = parseTypeName(typeName);
  const base = { name, role, type: typeName, kind, sql };
  if (isList(kind)) return { ...base, measure: "length", counted: `len(${sql})::double`, carrier: "number" };
  if (isEmbedding(kind)) {
    return { ...base, measure: "norm", counted: normSql(sql), carrier: "number" };
  }
  const carrier = carrierOf(kind) as MeasuredColumn["carrier"];
  return { ...base, measure: kind === "string" ? null : "value", counted: toCarrier(sql, kind), carrier };
}

/** The largest power that a norm is scaled by: the logarithm of the largest doubles is rounded to 1024, and 2^1024 is no double. */
const largestPower = 1000;

/** SQL of the norm of an embedding, by a power of two near its largest part: squares alone may lie beyond the doubles, or below them. */
function normSql(sql: string): string {
  const largest = `list_max(list_transform(${sql}, lambda one: abs(one)))`;
  const scale = `pow(2, least(floor(log2(${largest})), ${String(largestPower)}))`;
  const squares = `list_sum(list_transform(${sql}, lambda one: (one / ${scale}) * (one / ${scale})))`;
  return `case when ${largest} = 0 then 0 else tondo_float(sqrt(${squares}) * ${scale}) end`;
}

function unknownColumn(name: string, names: readonly string[]): TondoError {
  return new TondoError("INVALID_ARGUMENT", `the training set has no column "${name}"`, { hint: meant(name, names) });
}

function meant(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? `It has ${names.slice(0, 20).join(", ")}.` : `Did you mean "${nearest}"?`;
}
