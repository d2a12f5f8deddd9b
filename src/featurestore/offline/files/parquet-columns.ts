import { type TypeName, TondoError, typeName } from "../../../core/index.ts";
import { kindOfDuckdbType } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { pathList } from "./read-files.ts";

/** The columns of Parquet files that agree in them. */
export interface ParquetSchema {
  /** One of the files. */
  readonly file: string;
  /** DuckDB's types by name; `undefined` where a column is nested otherwise than as a list. */
  readonly types: ReadonlyMap<string, string | undefined>;
  /** Names that stand more than once; DuckDB, like SQL, does not tell cases apart. */
  readonly twice: readonly string[];
  /** Columns of nanoseconds with a zone: the engine cuts them to microseconds towards 1970. */
  readonly cutNanoseconds: readonly string[];
}

/** The type of a column that is missing in every row of a file: some writers give it no other. */
export const nothingType = '"NULL"';

/**
 * The different schemas among some files, from their footers.
 *
 * @throws TondoError `SOURCE_UNREADABLE`
 */
export async function parquetSchemas(
  engine: Engine,
  files: readonly string[],
  what: string,
): Promise<readonly ParquetSchema[]> {
  const rows = await engine.rows(
    `select min(file_name) as file, tree from (
      select file_name, to_json(list([name, duckdb_type, num_children::varchar, converted_type, logical_type] order by column_id))::varchar as tree
      from parquet_schema(${pathList(files)}) group by file_name) group by tree order by file`,
    `reading the columns of ${what}`,
  );
  return rows.map((row) => {
    const tree = JSON.parse(String(row["tree"])) as readonly ParquetNode[];
    const types = new Map<string, string | undefined>();
    const names: string[] = [];
    const cutNanoseconds: string[] = [];
    // The root comes first, then each column with its children behind it.
    for (let i = 1; i < tree.length; i = after(tree, i)) {
      const [name = "", , , , logical = null] = tree[i] ?? [];
      names.push(name);
      types.set(name, typeAt(tree, i));
      if (logical !== null && /isAdjustedToUTC=1.*NANOS=NanoSeconds/.test(logical)) cutNanoseconds.push(name);
    }
    return { file: String(row["file"]), types, twice: namesTwice(names), cutNanoseconds };
  });
}

/** A node of a file's schema: its name, DuckDB's type where it is a leaf, how many children it has, what it is converted to, and what it means. */
type ParquetNode = readonly [string, string | null, string | null, string | null, string | null];

/** The type of a column: a leaf's, or `TYPE[]` of a list of leaves, which is three nodes: the list, what repeats, the element. */
function typeAt(tree: readonly ParquetNode[], node: number): string | undefined {
  const [, type = null, children = null, converted = null] = tree[node] ?? [];
  if (children === null) return type ?? undefined;
  const [, , repeated = null] = tree[node + 1] ?? [];
  const [, element = null, parts = null] = tree[node + 2] ?? [];
  const isListOfLeaves = converted === "LIST" && children === "1" && repeated === "1" && parts === null;
  return isListOfLeaves && element !== null ? `${element}[]` : undefined;
}

function after(tree: readonly ParquetNode[], node: number): number {
  let next = node + 1;
  for (let child = Number(tree[node]?.[2] ?? 0); child > 0; child--) next = after(tree, next);
  return next;
}

/** The columns that the language has a type for; one without any value is of texts. */
export function readableColumns(types: ReadonlyMap<string, string | undefined>): Readonly<Record<string, TypeName>> {
  const columns: Record<string, TypeName> = Object.create(null) as Record<string, TypeName>;
  for (const [name, type] of types) {
    const kind = type === nothingType ? "string" : type === undefined ? undefined : kindOfDuckdbType(type);
    if (kind !== undefined) columns[name] = typeName({ kind, optional: true });
  }
  return columns;
}

/** Names that stand before already, but for upper and lower case. */
export function namesTwice(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name.toLowerCase()).size);
}

/** Whether a name stands for more than one column of a file: as `x` where there are two, and as `x_1`, which the engine would call the second. */
export function standsTwice(name: string, twice: readonly string[]): boolean {
  const lower = name.toLowerCase();
  const [, first = lower, ends = ""] = /^(.+?)((?:_\d+)+)$/.exec(lower) ?? [];
  const isNumbered = ends
    .split("_")
    .slice(1)
    .every((end) => Number(end) <= twice.length);
  return twice.some((other) => lower === other.toLowerCase() || (isNumbered && first === other.toLowerCase()));
}

/** A column that stands twice in a file could be read as either. */
export function refuseTwice(name: string, twice: readonly string[], what: string, file: string): void {
  if (!standsTwice(name, twice)) return;
  throw new TondoError("SOURCE_CHANGED", `${what}: there is more than one column "${name}"`, {
    where: file,
    hint: "Rename all but one; upper and lower case are not told apart.",
  });
}
