import { parseTypeName, type ValueKind } from "../../core/index.ts";
import type { FunctionLibrary } from "../functions/index.ts";
import type { ExpressionPlan, Fitted } from "../plan/index.ts";
import { closedRow } from "./closed-row.ts";
import { closures } from "./closures.ts";
import { generate, type Loop, type RowFunctions } from "./generate.ts";
import type { Row } from "./row-by-columns.ts";
import { type Leaf, stepsOf } from "./steps.ts";

/** Something to compute. */
export interface Output {
  readonly name: string;
  readonly value: ExpressionPlan;
}

/** How a row program runs: as generated code, or as closures where a runtime forbids that. */
export type RowMode = "generated" | "closures";

/**
 * A program for some expressions: the one implementation of row expressions, offline and online. It is generated code or
 * closures, with the same results bit by bit.
 */
export interface RowProgram {
  /** What it reads, in the order of `run`'s columns. */
  readonly leaves: readonly Leaf[];
  readonly outputs: readonly { readonly name: string; readonly kind: ValueKind }[];
  readonly mode: RowMode;
  /** Computes `n` rows: reads `columns[leaf][row]`, writes `results[output][row]`. Total: no data makes it throw, but for functions of the project's own: `USER_FUNCTION_FAILED`. */
  readonly run: Loop;
  /** The same for one row, without arrays or objects of its own (an engine may box numbers): reads the cells of the leaves, writes those of the outputs. */
  readonly row: Row;
  /** The generated text, for `explain`; in both modes. */
  readonly text: string;
}

/**
 * Compiles expressions into one function over columns of rows, and one for a single row.
 *
 * @param options `mode` as wanted; left out, code is generated where the runtime allows it. `functions` are those of the project's own;
 * with `"shown"` the program is there to be looked at, and they need not be registered.
 * @throws TondoError `VECTOR_UNFITTED`, `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`
 * @throws EvalError where the mode `generated` is demanded and the runtime forbids it
 */
export function compileRows(
  outputs: readonly Output[],
  fitted: Fitted = {},
  options: { readonly mode?: RowMode | undefined; readonly functions?: FunctionLibrary | "shown" | undefined } = {},
): RowProgram {
  const steps = stepsOf(
    outputs.map(({ value }) => value),
    fitted,
    options.functions,
  );
  const { text, make } = generate(steps);
  const generated = options.mode === "closures" ? undefined : allowed(make, options.mode);
  return {
    leaves: steps.leaves,
    outputs: outputs.map(({ name, value }) => ({ name, kind: parseTypeName(value.type).kind })),
    mode: generated === undefined ? "closures" : "generated",
    ...(generated ?? { run: closures(steps), row: closedRow(steps) }),
    text,
  };
}

/** `undefined` where the runtime forbids code generation: `--disallow-code-generation-from-strings`, a CSP, an edge runtime. */
function allowed(make: () => RowFunctions, mode: RowMode | undefined): RowFunctions | undefined {
  try {
    return make();
  } catch (error) {
    if (mode === undefined && error instanceof EvalError) return undefined;
    throw error;
  }
}
