import { isNumeric } from "../../core/index.ts";
import { emit, type Emitted, runtime } from "./emit.ts";
import type { RawCall, RawColumn } from "../functions/index.ts";
import { type Row, rowByColumns } from "./row-by-columns.ts";
import type { Steps } from "./steps.ts";

/** Computes `n` rows: reads `columns[leaf][row]`, writes `results[output][row]`. */
export type Loop = (n: number, columns: readonly RawColumn[], results: readonly RawColumn[]) => void;

/** The two functions of a row program. */
export interface RowFunctions {
  readonly run: Loop;
  readonly row: Row;
}

/** The text of a row program, and what makes functions of it. */
export interface Generated {
  readonly text: string;
  /** @throws EvalError where the runtime forbids it */
  readonly make: () => RowFunctions;
}

type Factory = (
  own: typeof runtime,
  functions: readonly (RawCall | undefined)[],
  byColumns: (run: Loop) => Row,
) => RowFunctions;

/** JavaScript of a row program: a loop over the rows of columns, and one row of cells. */
export function generate(steps: Steps): Generated {
  const loop = emit(steps, { text: loopLeaf, exact: false });
  const row = emit(steps, { text: (leaf) => rowLeaf(steps, leaf), exact: true });
  // An inline text may depend on what is exact, so that not both need call the same functions.
  const called = new Set([...loop.called, ...row.called]);
  const text = [
    '"use strict";',
    "const { finite, whole } = runtime;",
    ...Array.from(called, (step) => `const f${String(step)} = functions[${String(step)}];`),
    ...loopLines(steps, loop).map(({ text: line }) => line),
    ...rowText(steps, row, loop),
    "return { run, row };",
  ].join("\n");
  const make = (): RowFunctions => {
    // The compiler's own output: see `emit` for what can stand in it.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const factory = new Function("runtime", "functions", "byColumns", text) as Factory;
    const kinds = [steps.leaves, steps.results].map((some) => some.map(({ kind }) => kind));
    const functions = steps.steps.map((step) => (step.does === "call" ? step.call : undefined));
    return factory(runtime, functions, (run) => rowByColumns(kinds[0] ?? [], kinds[1] ?? [], run));
  };
  return { text, make };
}

/** A line of the loop over rows, and what it is about. */
export interface LoopLine {
  readonly text: string;
  /** Reads this leaf's column, takes this step, or writes this result. */
  readonly leaf?: number;
  readonly step?: number;
  readonly result?: number;
}

/** The loop over the rows of columns, line by line. */
export function loopLines(steps: Steps, { statements, results }: Emitted): readonly LoopLine[] {
  return [
    { text: "function run(n, columns, outputs) {" },
    ...steps.leaves.map((_, leaf) => ({ text: `  const c${String(leaf)} = columns[${String(leaf)}];`, leaf })),
    ...results.map((_, result) => ({ text: `  const o${String(result)} = outputs[${String(result)}];`, result })),
    { text: "  for (let i = 0; i < n; i++) {" },
    ...statements.map((statement, step) => ({ text: `    ${statement}`, step })),
    ...results.map((name, result) => ({ text: `    o${String(result)}[i] = ${name};`, result })),
    { text: "  }" },
    { text: "}" },
  ];
}

/** Where a column is read in the loop. */
export const loopLeaf = (leaf: number): string => `c${String(leaf)}[i]`;

/** Where a cell is read for one row. */
function rowLeaf({ leaves }: Steps, leaf: number): string {
  return `${isNumeric(leaves[leaf]?.kind ?? "string") ? "n" : "x"}[${String(leaf)}]`;
}

/** Ints are taken for numbers; the rare row that has one beyond ±(2^53 - 1) goes through the loop over columns. */
function rowText(steps: Steps, { statements, results, exact }: Emitted, loop: Emitted): readonly string[] {
  const large = steps.leaves.flatMap(({ kind }, i) => {
    const at = `[${String(i)}]`;
    return kind === "int" ? [`(n${at} !== n${at} && x${at} !== null)`] : [];
  });
  const put = results.flatMap((name, i) => {
    const at = `[${String(i)}]`;
    if (!isNumeric(steps.results[i]?.kind ?? "string")) return [`y${at} = ${name};`];
    if (exact[i] !== true)
      return [
        `r${at} = typeof ${name} === "bigint" ? NaN : ${name};`,
        `y${at} = typeof ${name} === "bigint" ? ${name} : null;`,
      ];
    return loop.exact[i] === true ? [`r${at} = ${name};`] : [`r${at} = ${name};`, `y${at} = null;`];
  });
  return [
    "const other = byColumns(run);",
    "function row(given, results) {",
    "  const { numbers: n, others: x } = given;",
    "  const { numbers: r, others: y } = results;",
    ...(large.length === 0 ? [] : [`  if (${large.join(" || ")}) return other(given, results);`]),
    ...[...statements, ...put].map((statement) => `  ${statement}`),
    "}",
  ];
}
