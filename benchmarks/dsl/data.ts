import {
  compileRows,
  type Raw,
  type RawColumn,
  type RowCells,
  rowCells,
  type RowMode,
  type RowProgram,
  setCell,
} from "../../src/dsl/index.ts";
import { vectorPlan } from "./vectors.ts";

/** Numbers between 0 and 1, the same in each run. */
function dice(): () => number {
  let state = 20_240_229;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const texts: Readonly<Record<string, readonly string[]>> = {
  kind: ["thai", "pizza", "sushi", "burger", "ramen"],
  name: ["The Golden Spoon", "Trattoria da Luigi", "the corner", "Café Zoë", "Ramen-ya 24"],
  tz: ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Sydney"],
};

/** A column of a leaf: one in ten of what is read from a store is missing, nothing of what a request names. */
function column(leaf: string, n: number, next: () => number): RawColumn {
  const optional = leaf.startsWith("stored:");
  const missing = (): boolean => optional && next() < 0.1;
  const from = texts[leaf.slice(leaf.lastIndexOf("__") + 2)];
  if (from !== undefined)
    return Array.from({ length: n }, (): Raw => (missing() ? null : (from[Math.floor(next() * from.length)] ?? null)));
  const start = 1.7e15;
  if (leaf === "now") return Float64Array.from({ length: n }, () => start + Math.floor(next() * 1e13));
  const whole = leaf.endsWith("seats") || leaf.includes("__n_") || leaf.endsWith("items");
  return Float64Array.from({ length: n }, () => {
    const value = next() * (whole ? 200 : 60);
    return missing() ? NaN : whole ? Math.floor(value) : value;
  });
}

/** A program with columns to read and room for two results. */
export interface Ready {
  readonly program: RowProgram;
  readonly columns: readonly RawColumn[];
  readonly ours: readonly Float64Array[];
  readonly theirs: readonly Float64Array[];
}

export function ready(vector: string, n: number, mode?: RowMode): Ready {
  const { slots } = vectorPlan(vector);
  const program = compileRows(slots, {}, { mode });
  const next = dice();
  const results = (): readonly Float64Array[] => slots.map(() => new Float64Array(n));
  return {
    program,
    columns: program.leaves.map(({ name }) => column(name, n, next)),
    ours: results(),
    theirs: results(),
  };
}

/** The column of the leaf whose name ends so. */
export function columnOf({ program, columns }: Ready, name: string): RawColumn {
  const end = name.includes("__") || name === "now" ? name : new RegExp(`(^|:|__)${name}$`);
  const place = program.leaves.findIndex((leaf) =>
    typeof end === "string"
      ? leaf.name.endsWith(end)
      : end.test(leaf.name) && !((name === "lat" || name === "lon") && leaf.name.startsWith("stored:")),
  );
  return columns[place] ?? [];
}

/** The rows of some columns as cells, as requests come. */
export function rowsOf(columns: readonly RawColumn[], n: number): readonly RowCells[] {
  return Array.from({ length: n }, (_, r) => {
    const cells = rowCells(columns.length);
    for (const [i, values] of columns.entries()) setCell(cells, i, values[r] ?? null);
    return cells;
  });
}

/** @throws Error where the two results are not the same, bit by bit */
export function same({ ours, theirs, program }: Pick<Ready, "ours" | "theirs" | "program">): void {
  for (const [i, own] of ours.entries()) {
    for (let r = 0; r < own.length; r++) {
      if (Object.is(own[r], theirs[i]?.[r])) continue;
      throw new Error(
        `${program.outputs[i]?.name ?? ""} of row ${String(r)}: ${String(own[r])} and ${String(theirs[i]?.[r])}`,
      );
    }
  }
}
