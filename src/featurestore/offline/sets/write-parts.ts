import { TondoError } from "../../../core/index.ts";
import { maxFiles } from "../files/source-files.ts";
import type { OutputFile } from "./manifest.ts";
import { filePath } from "./output-names.ts";
import {
  findPartitions,
  type Partition,
  partitionColumn,
  partitionJoin,
  partitionKindsOf,
} from "./output-partitions.ts";
import type { Part } from "./split.ts";
import { selectColumns, type SelectedColumnsOptions } from "./select-columns.ts";
import { writePart } from "./write-part.ts";

/** What the files of a set are written from. */
export interface WritePartsOptions extends SelectedColumnsOptions {
  /** The folder of the set. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Rows that become one file: of a partition, from one row on and before another. */
interface Piece {
  readonly partition: Partition | undefined;
  readonly index: number;
  readonly rows: number;
  readonly from?: number;
  readonly before?: number | undefined;
}

/** The table of the rows of one part with the numbers of their partitions, in the order of both. */
const partitioned = "partitioned";

/**
 * Writes the files of a set: of the training rows and of the holdout, where there are any. Partitions come in the order of their values, rows
 * of each in the rows' order.
 *
 * @throws TondoError `IO_FAILED`, `LIMIT_EXCEEDED`, `ROWS_INVALID` where a value names no folder, `USER_FUNCTION_FAILED`, `ABORTED`
 */
export async function writeParts(
  options: WritePartsOptions,
  counts: Readonly<Record<Part, number>>,
): Promise<readonly OutputFile[]> {
  const { engine, vector, left, choice, folder, signal } = options;
  const columns = partitionKindsOf(choice, vector, left);
  const { maxPartitions } = choice;
  const partitions =
    columns.length === 0 ? undefined : await findPartitions({ engine, columns, left, maxPartitions, signal });
  const selected = selectColumns(options);
  const files: OutputFile[] = [];
  for (const part of ["train", "holdout"] as const) {
    if (counts[part] === 0) continue;
    if (partitions !== undefined) {
      await engine.run(
        `create or replace temp table ${partitioned} as
         select c.*, p.${partitionColumn} from classified c join partitions p on ${partitionJoin(columns, left)}
         where c.part = '${part}' order by p.${partitionColumn}, c.row`,
        "sorting rows into partitions",
        signal,
      );
    }
    const from = partitions === undefined ? options.table.sql : `select * from ${partitioned}`;
    for (const piece of await piecesOf(options, part, counts[part], partitions)) {
      const { partition, index, rows } = piece;
      const path = filePath(choice, part, partition?.values, index);
      const file = await writePart({
        ...{ engine, from, choice, folder, signal, part, rows, path, where: whereOf(piece) },
        ...selected,
      });
      files.push(partition === undefined ? file : { ...file, partition: partition.values });
    }
    if (partitions !== undefined) await engine.run(`drop table ${partitioned}`, "sorting rows into partitions");
  }
  return files;
}

async function piecesOf(
  { engine, table, choice, signal }: WritePartsOptions,
  part: OutputFile["part"],
  all: number,
  partitions: readonly Partition[] | undefined,
): Promise<readonly Piece[]> {
  const { maxFileRows } = choice;
  if (partitions === undefined && maxFileRows === undefined) return [{ partition: undefined, index: 0, rows: all }];
  const doing = "counting rows of files";
  const number = partitions === undefined ? "0" : partitionColumn;
  const from = partitions === undefined ? `(${table.sql}) where part = '${part}'` : partitioned;
  const counted = await engine.rows(
    `select ${number}::double as partition, count(*)::double as n from ${from} group by all order by all`,
    doing,
    signal,
  );
  const most = maxFileRows ?? all;
  const files = counted.reduce((sum, { n }) => sum + Math.ceil(Number(n) / most), 0);
  if (files > maxFiles) {
    throw new TondoError(
      "LIMIT_EXCEEDED",
      `the ${part} rows would be ${String(files)} files, and ${String(maxFiles)} is the most`,
      { hint: 'Raise "maxFileRows" of the output, or leave it out.', details: { files, rows: all } },
    );
  }
  const starts =
    maxFileRows === undefined
      ? []
      : await engine.rows(
          `select partition::double as partition, row::double as row from (
             select ${number} as partition, row, row_number() over (partition by ${number} order by row) - 1 as place from ${from}
           ) where place % ${String(maxFileRows)} = 0 order by all`,
          doing,
          signal,
        );
  const startsOf = Map.groupBy(starts, ({ partition }) => Number(partition));
  return counted.flatMap(({ partition: own, n }): readonly Piece[] => {
    const partition = partitions?.[Number(own)];
    const rows = Number(n);
    const begins = (startsOf.get(Number(own)) ?? []).map(({ row }) => Number(row));
    if (begins.length === 0) return [{ partition, index: 0, rows }];
    return begins.map((start, index) => ({
      ...{ partition, index, from: start, before: begins[index + 1] },
      rows: Math.min(most, rows - index * most),
    }));
  });
}

function whereOf({ partition, from, before }: Piece): string {
  return [
    ...(partition === undefined ? [] : [` and ${partitionColumn} = ${String(partition.number)}`]),
    ...(from === undefined ? [] : [` and row >= ${String(from)}`]),
    ...(before === undefined ? [] : [` and row < ${String(before)}`]),
  ].join("");
}
