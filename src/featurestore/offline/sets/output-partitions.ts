import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import { type Engine, toFile } from "../../duckdb/index.ts";
import { type FileChoice, meantName, specificationError, type Written } from "../../specification/index.ts";
import type { LoadedRows } from "../rows/left-rows.ts";
import { missingPartition, partitionFolder } from "./output-names.ts";

/** Kinds whose values have one text each, short enough for the name of a folder. */
const partitionKinds: ReadonlySet<ValueKind> = new Set<ValueKind>(["string", "bool", "int", "date"]);

/** How long the name of a folder may be, in bytes of UTF-8: what file systems take. */
export const maxFolderName = 255;

/** The column of the number of a row's partition. */
export const partitionColumn = "output_partition";

/** A partition: its number, and its values as texts, by column. */
export interface Partition {
  readonly number: number;
  readonly values: Readonly<Record<string, string | null>>;
}

/**
 * Partitions are by keys and carried columns.
 *
 * @throws TondoError `SPECIFICATION_INVALID`
 */
export function requirePartitionColumns(
  { partitionBy }: Pick<FileChoice, "partitionBy">,
  vector: Pick<VectorPlan, "keys">,
  carry: readonly string[],
  written: Written | undefined,
): void {
  const names = [...vector.keys.map(({ name }) => name), ...carry];
  const problems = partitionBy.flatMap((name, i) =>
    names.includes(name)
      ? []
      : [
          {
            path: ["output", "partitionBy", i],
            message: `names "${name}", which is neither a key nor carried`,
            hint: `${meantName(name, names, "column")} Columns of the rows are carried by "carry" (--carry).`,
          },
        ],
  );
  if (problems.length > 0) throw specificationError(problems, written);
}

/**
 * The kinds of the columns that a set is partitioned by.
 *
 * @throws TondoError `ROWS_INVALID` where one is of a kind that names no folders
 */
export function partitionKindsOf(
  { partitionBy }: Pick<FileChoice, "partitionBy">,
  vector: Pick<VectorPlan, "keys">,
  left: Pick<LoadedRows, "carried">,
): readonly { readonly name: string; readonly kind: ValueKind }[] {
  const columns = [...vector.keys.map(({ name, type }) => ({ name, kind: parseTypeName(type).kind })), ...left.carried];
  return partitionBy.map((name) => {
    const kind = columns.find((one) => one.name === name)?.kind ?? "string";
    if (partitionKinds.has(kind)) return { name, kind };
    throw new TondoError("ROWS_INVALID", `the set cannot be partitioned by "${name}": it is of type ${kind}`, {
      hint: "Partition by texts, truth values, ints or dates: carry a column of the day instead of the moment.",
    });
  });
}

/**
 * Makes the table `partitions`: the different values of some columns among rows that are written, numbered in their order, missing ones last.
 *
 * @throws TondoError `LIMIT_EXCEEDED` where there are too many, or a name is too long; `ROWS_INVALID` where a value names no folder
 */
export async function findPartitions(options: {
  readonly engine: Engine;
  readonly columns: readonly { readonly name: string; readonly kind: ValueKind }[];
  readonly left: Pick<LoadedRows, "column">;
  readonly maxPartitions: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<readonly Partition[]> {
  const { engine, columns, left, maxPartitions, signal } = options;
  const doing = "finding partitions";
  const values = columns.map((_, i) => `v${String(i)}`);
  const own = columns.map(({ name }, i) => `${left.column(name)} as v${String(i)}`).join(", ");
  const order = values.map((value) => `${value} nulls last`).join(", ");
  await engine.run(
    `create or replace temp table partitions as
     select (row_number() over (order by ${order}))::int - 1 as ${partitionColumn}, *
     from (select distinct ${own} from classified where part in ('train', 'holdout') limit ${String(maxPartitions + 1)})`,
    doing,
    signal,
  );
  const texts = columns.map(({ kind }, i) => `(${toFile(`v${String(i)}`, kind)})::varchar as t${String(i)}`).join(", ");
  const rows = await engine.rows(`select ${texts} from partitions order by ${partitionColumn}`, doing, signal);
  const names = columns.map(({ name }) => name);
  if (rows.length > maxPartitions) {
    throw new TondoError(
      "LIMIT_EXCEEDED",
      `${names.join(", ")} ${names.length === 1 ? "has" : "have"} more than ${String(maxPartitions)} different values, a folder each`,
      { hint: 'Partition by fewer columns, or by ones of fewer values; or raise "maxPartitions" of the output.' },
    );
  }
  return rows.map((row, number) => {
    const partition = Object.fromEntries(
      names.map((name, i) => [name, (row[`t${String(i)}`] ?? null) as string | null]),
    );
    for (const [name, value] of Object.entries(partition)) requireFolderName(name, value);
    return { number, values: partition };
  });
}

/** SQL of the join from rows of `classified`, as `c`, to their partitions, as `p`. */
export function partitionJoin(columns: readonly { readonly name: string }[], left: Pick<LoadedRows, "column">): string {
  return columns.map(({ name }, i) => `c.${left.column(name)} is not distinct from p.v${String(i)}`).join(" and ");
}

/** What would be lost, or no folder at all. */
function requireFolderName(name: string, value: string | null): void {
  if (value === "" || value === missingPartition) {
    throw new TondoError(
      "ROWS_INVALID",
      `"${name}" is ${value === "" ? "an empty text" : `"${value}"`} in a row, which no folder can stand for`,
      { hint: "Readers of partitions take it for missing: fill it in, or leave it missing." },
    );
  }
  const bytes = Buffer.byteLength(partitionFolder({ [name]: value }));
  if (bytes > maxFolderName) {
    throw new TondoError(
      "LIMIT_EXCEEDED",
      `a value of "${name}" makes the name of a folder ${String(bytes)} bytes long, and ${String(maxFolderName)} is the most`,
      { hint: "Partition by a column of shorter values." },
    );
  }
}
