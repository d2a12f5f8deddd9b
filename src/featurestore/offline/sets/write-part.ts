import { open } from "node:fs/promises";
import { join } from "node:path";
import { compileRows, type Fitted, quoteIdentifier, type VectorPlan } from "../../../dsl/index.ts";
import { type Engine, sqlText, toFile } from "../../duckdb/index.ts";
import { programCall } from "../expressions-sql.ts";
import type { LoadedRows } from "../rows/left-rows.ts";
import type { OutputColumn, OutputFile } from "./manifest.ts";
import { digestFiles } from "../files/source-files.ts";
import { type JoinedTable, kindOf } from "../joins/vector-table.ts";

/** What one part of a training set is written from. */
export interface WritePartOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly left: Pick<LoadedRows, "column" | "carried">;
  /** The joined rows with `row`, `part` and `label0`, ...; only those of `part` are written, by `row`. */
  readonly table: Pick<JoinedTable, "sql" | "leaf">;
  readonly fitted: Fitted;
  readonly columns: readonly OutputColumn[];
  readonly part: OutputFile["part"];
  /** How many rows the part has. */
  readonly rows: number;
  /** The folder of the set. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Computes the slots of a part's rows and writes its file, in the rows' order.
 *
 * @throws TondoError `IO_FAILED`, `LIMIT_EXCEEDED`, `USER_FUNCTION_FAILED`, `ABORTED`
 */
export async function writePart(options: WritePartOptions): Promise<OutputFile> {
  const { engine, table, part, rows, folder, signal } = options;
  const { selected, call } = selectedColumns(options);
  const name = `${part}.parquet`;
  const path = join(folder, name);
  await engine.run(
    `copy (select ${selected.join(", ")} from (select *, ${call} as js from (${table.sql}) where part = '${part}') order by row)
     to ${sqlText(path)} (format parquet, compression zstd, row_group_size 122880)`,
    `writing ${name}`,
    signal,
  );
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const [digest] = await digestFiles([path], { folder });
  return { part, rows, path: name, bytes: digest?.bytes ?? 0, sha256: digest?.sha256 ?? "" };
}

/** SQL of the columns to write, and of the call, selected as `js`, that computes the slots. */
function selectedColumns({ engine, vector, left, table, fitted, columns }: WritePartOptions): {
  readonly selected: readonly string[];
  readonly call: string;
} {
  // All slots in one program, so that a part they share is computed once.
  const program = compileRows(
    vector.slots.map((slot, i) => ({ name: `slot${String(i)}`, value: slot.value })),
    fitted,
    { functions: engine.functions },
  );
  const { call, result } = programCall(engine, program, table.leaf);
  const sqlOf = ({ name, role }: OutputColumn): string => {
    switch (role) {
      case "at":
        return "make_timestamp(q)";
      case "slot": {
        const i = vector.slots.findIndex((slot) => slot.name === name);
        return toFile(result(i), kindOf(vector.slots[i] ?? { type: "float" }));
      }
      case "label": {
        const i = vector.labels.findIndex((label) => label.name === name);
        return toFile(`label${String(i)}`, kindOf(vector.labels[i] ?? { type: "float" }));
      }
      case "raw": {
        const read = vector.reads.find(({ id }) => id === name);
        if (read === undefined) return "null";
        return toFile(table.leaf({ node: "stored", name: read.id, type: read.type }), kindOf(read));
      }
      default: {
        const own = [...vector.keys, ...vector.inputs].find((one) => one.name === name);
        const carried = left.carried.find((one) => one.name === name);
        return toFile(left.column(name), carried?.kind ?? kindOf(own ?? { type: "string" }));
      }
    }
  };
  return { selected: columns.map((column) => `${sqlOf(column)} as ${quoteIdentifier(column.name)}`), call };
}
