import { parseTypeName, type ValueKind } from "../../core/index.ts";
import type { Raw } from "../functions/index.ts";
import type { ExpressionPlan, Fitted } from "../plan/index.ts";
import { emit, type Leaf, runtime } from "./emit.ts";

/** A column of raw values: numbers and 64-bit ints with NaN for missing, or texts with `null`. */
export type RawColumn = Float64Array | Raw[];

/** Something to compute. */
export interface Output {
  readonly name: string;
  readonly value: ExpressionPlan;
}

/**
 * Generated code for some expressions: the one implementation of row expressions, offline and online.
 */
export interface RowProgram {
  /** What it reads, in the order of `run`'s columns. */
  readonly leaves: readonly Leaf[];
  readonly outputs: readonly { readonly name: string; readonly kind: ValueKind }[];
  /** Computes `n` rows: reads `columns[leaf][row]`, writes `results[output][row]`. Total: no data makes it throw. */
  run(n: number, columns: readonly RawColumn[], results: readonly RawColumn[]): void;
  /** The generated text, for `explain`. */
  readonly text: string;
}

type Loop = (n: number, c: readonly RawColumn[], o: readonly RawColumn[]) => void;

/**
 * Compiles expressions into one function over columns of rows.
 *
 * @throws TondoError `VECTOR_UNFITTED`
 */
export function compileRows(outputs: readonly Output[], fitted: Fitted = {}): RowProgram {
  const { statements, leaves, functions, results } = emit(
    outputs.map(({ value }) => value),
    fitted,
  );
  const text = [
    '"use strict";',
    "const { finite, whole } = runtime;",
    ...functions.map((_, i) => `const f${String(i)} = functions[${String(i)}];`),
    "return function (n, columns, outputs) {",
    ...leaves.map((_, i) => `  const c${String(i)} = columns[${String(i)}];`),
    ...results.map((_, i) => `  const o${String(i)} = outputs[${String(i)}];`),
    "  for (let i = 0; i < n; i++) {",
    ...statements.map((statement) => `    ${statement}`),
    ...results.map((name, i) => `    o${String(i)}[i] = ${name};`),
    "  }",
    "};",
  ].join("\n");
  // The compiler's own output: see `emit` for what can stand in it.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const make = new Function("runtime", "functions", text) as (own: typeof runtime, called: typeof functions) => Loop;
  return {
    leaves,
    outputs: outputs.map(({ name, value }) => ({ name, kind: parseTypeName(value.type).kind })),
    run: make(runtime, functions),
    text,
  };
}
