import { embeddingSize, isEmbedding, TondoError, type ValueKind } from "../../../core/index.ts";
import { quoteIdentifier } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { readParquet } from "./read-files.ts";

/** The files that a column of embeddings lies in, as a scan knows them. */
export interface EmbeddingFiles {
  readonly files: readonly string[];
  readonly what: string;
  readonly exactLengths?: boolean;
}

/** How many rows of a file are looked at for a first impression. */
export const firstRows = 1_000;

/** The lengths, ascending, that the lists of some columns have in the {@link firstRows} of a Parquet file; none where all are missing. */
export async function firstLengths(
  engine: Engine,
  file: string,
  names: readonly string[],
  what: string,
): Promise<ReadonlyMap<string, readonly number[]>> {
  if (names.length === 0) return new Map();
  const columns = names.map(quoteIdentifier);
  const lengths = columns.map(
    (name, i) => `to_json(list_sort(list_distinct(list(len(${name})))))::varchar as n${String(i)}`,
  );
  const [row] = await engine.rows(
    `select ${lengths.join(", ")} from (select ${columns.join(", ")} from ${readParquet([file])} limit ${String(firstRows)})`,
    `reading the lengths of ${what}`,
  );
  return new Map(
    names.map((name, i) => [name, (JSON.parse(String(row?.[`n${String(i)}`])) ?? []) as readonly number[]]),
  );
}

/**
 * Refuses a column of embeddings in files, read by this SQL, where none of its lists has the wanted length, or, with `exactLengths`,
 * where one has another: all of them would silently be missing. Columns of other kinds pass.
 *
 * @throws TondoError `SOURCE_CHANGED` naming both lengths
 */
export async function refuseOtherLengths(
  engine: Engine,
  read: string,
  name: string,
  kind: ValueKind,
  { what, files, exactLengths = false }: EmbeddingFiles,
): Promise<void> {
  if (!isEmbedding(kind)) return;
  const size = embeddingSize(kind);
  const length = `len(${quoteIdentifier(name)})`;
  const doing = `reading the lengths of ${what}`;
  const refuse = (message: string): never => {
    throw new TondoError("SOURCE_CHANGED", `${what}: ${message}, and the definitions say ${kind}`, {
      where: files[0] ?? "",
      hint: "Mend the file, or change the size in the definitions and apply them.",
    });
  };
  if (exactLengths) {
    const [first] = await engine.rows(
      `select row::double as row, length::double as length
       from (select row_number() over () - 1 as row, ${length} as length from ${read})
       where length <> ${String(size)} order by row limit 1`,
      doing,
    );
    if (first === undefined) return;
    refuse(`row ${String(first["row"])} has ${numbers(Number(first["length"]))} in the column "${name}"`);
  }
  // Found early where all is well; only a column without any is read whole.
  const fitting = await engine.rows(`select 1 as one from ${read} where ${length} = ${String(size)} limit 1`, doing);
  if (fitting.length > 0) return;
  const [range] = await engine.rows(
    `select min(${length})::double as least, max(${length})::double as most from ${read}`,
    doing,
  );
  if (range?.["least"] === null || range?.["least"] === undefined) return;
  const [least, most] = [Number(range["least"]), Number(range["most"])];
  const held = least === most ? numbers(least) : `${String(least)} to ${numbers(most)}`;
  refuse(`each list of the column "${name}" has ${held}`);
}

/** So many numbers, in words. */
export function numbers(n: number): string {
  return n === 1 ? "1 number" : `${String(n)} numbers`;
}
