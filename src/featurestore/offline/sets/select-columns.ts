import type { ValueKind } from "../../../core/index.ts";
import { type Fitted, quoteIdentifier, type VectorPlan } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { FileChoice } from "../../specification/index.ts";
import { slotsSql } from "../expressions-sql.ts";
import { type JoinedTable, kindOf } from "../joins/vector-table.ts";
import type { LoadedRows } from "../rows/left-rows.ts";
import type { OutputColumn } from "./manifest.ts";
import { inFile } from "./output-sql.ts";

/** What the columns of a set's files are computed from. */
export interface SelectedColumnsOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly left: Pick<LoadedRows, "column" | "carried">;
  /** The joined rows with `row`, `part` and `label0`, ... */
  readonly table: Pick<JoinedTable, "sql" | "leaf">;
  readonly fitted: Fitted;
  readonly columns: readonly OutputColumn[];
  /** What the files are. */
  readonly choice: FileChoice;
}

/** SQL of the columns to write, and of the call, selected as `js`, that computes slots. */
export interface SelectedColumns {
  readonly selected: readonly string[];
  readonly call: string;
}

/** The columns of a set's files; registers the program that computes the slots. Those that it is partitioned by are in the files' paths. */
export function selectColumns(options: SelectedColumnsOptions): SelectedColumns {
  const { engine, vector, left, table, fitted, columns, choice } = options;
  const { call, slot } = slotsSql(engine, vector.slots, fitted, table.leaf);
  const toFile = (sql: string, kind: ValueKind): string => inFile(sql, kind, choice.format);
  const sqlOf = ({ name, role }: OutputColumn): string => {
    switch (role) {
      case "at":
        return toFile("q", "timestamp");
      case "row":
        return "row";
      case "slot": {
        const i = vector.slots.findIndex((one) => one.name === name);
        return toFile(slot(i), kindOf(vector.slots[i] ?? { type: "float" }));
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
  const selected = columns
    .filter(({ name }) => !choice.partitionBy.includes(name))
    .map((column) => `${sqlOf(column)} as ${quoteIdentifier(column.name)}`);
  return { selected, call };
}
