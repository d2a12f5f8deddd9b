import { TondoError } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import type { FileChoice } from "../../specification/index.ts";
import type { LoadedRows } from "../rows/left-rows.ts";
import type { OutputColumn } from "./manifest.ts";

/** The column of partitioned files that holds the place of each row among those that were read. */
export const rowColumn = "row_number";

/**
 * The columns of a training set's files, in their order: the moment, keys, carried columns, slots, labels, and raw values where they are
 * asked for. Where the files are partitions they have the number of each row, too: its order is to be had again.
 *
 * @throws TondoError `ROWS_INVALID` where two would have one name
 */
export function outputColumns(
  vector: VectorPlan,
  left: LoadedRows,
  raw: boolean,
  { partitionBy }: Pick<FileChoice, "partitionBy"> = { partitionBy: [] },
): readonly OutputColumn[] {
  const columns: OutputColumn[] = [
    { name: "at", role: "at", type: "timestamp" },
    ...vector.keys.map(({ name, type }): OutputColumn => ({ name, role: "key", type })),
    ...left.carried.map(({ name, kind }): OutputColumn => ({ name, role: "carried", type: kind })),
    ...vector.slots.map(({ name, type }): OutputColumn => ({ name, role: "slot", type })),
    ...vector.labels.map(({ name, type }): OutputColumn => ({ name, role: "label", type })),
    ...(raw ? vector.reads.map(({ id, type }): OutputColumn => ({ name: id, role: "raw", type })) : []),
    ...(partitionBy.length === 0 ? [] : [{ name: rowColumn, role: "row", type: "int" } as const]),
  ];
  // Engines that read the file, as SQL does, take `km` and `KM` for one.
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find((_, i) => names.indexOf(names[i] ?? "") !== i)?.name;
  if (twice === undefined) return columns;
  throw new TondoError("ROWS_INVALID", `two columns of the training set would be named "${twice}"`, {
    hint: "Rename the carried column, or the slot.",
  });
}
