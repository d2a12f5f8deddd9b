import { emit, runtime } from "./emit.ts";
import type { RawColumn } from "./raw-value.ts";
import type { Steps } from "./steps.ts";

/** Computes `n` rows: reads `columns[leaf][row]`, writes `results[output][row]`. */
export type Loop = (n: number, columns: readonly RawColumn[], results: readonly RawColumn[]) => void;

/** The text of a row program, and what makes a function of it. */
export interface Generated {
  readonly text: string;
  /** @throws EvalError where the runtime forbids it */
  readonly make: () => Loop;
}

/** JavaScript of a row program: a loop over the rows of columns. */
export function generate(steps: Steps): Generated {
  const { statements, functions, results } = emit(steps, { text: (leaf) => `c${String(leaf)}[i]`, exact: false });
  const text = [
    '"use strict";',
    "const { finite, whole } = runtime;",
    ...functions.map((_, i) => `const f${String(i)} = functions[${String(i)}];`),
    "return function (n, columns, outputs) {",
    ...steps.leaves.map((_, i) => `  const c${String(i)} = columns[${String(i)}];`),
    ...results.map((_, i) => `  const o${String(i)} = outputs[${String(i)}];`),
    "  for (let i = 0; i < n; i++) {",
    ...statements.map((statement) => `    ${statement}`),
    ...results.map((name, i) => `    o${String(i)}[i] = ${name};`),
    "  }",
    "};",
  ].join("\n");
  const make = (): Loop => {
    // The compiler's own output: see `emit` for what can stand in it.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const factory = new Function("runtime", "functions", text) as (
      own: typeof runtime,
      called: typeof functions,
    ) => Loop;
    return factory(runtime, functions);
  };
  return { text, make };
}
