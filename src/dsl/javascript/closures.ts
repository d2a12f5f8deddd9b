import type { Raw, RawColumn } from "../functions/index.ts";
import { exactNumbers } from "./exact-numbers.ts";
import { layoutOf } from "./layout.ts";
import { type Kernel, kernelOf } from "./kernel.ts";
import type { Steps } from "./steps.ts";

/** The cells that the scratch of one program may hold, and the rows that are done at once. */
const scratchLimits = { cells: 262_144, rows: 2048 } as const;

/**
 * The same as generated code where code must not be generated: each step is a closure over a column at a time, so that
 * a call is paid once for many rows. Scratch grows to the rows asked for, within {@link scratchLimits}.
 */
export function closures({
  steps,
  results,
}: Pick<Steps, "steps" | "results">): (
  n: number,
  columns: readonly RawColumn[],
  outputs: readonly RawColumn[],
) => void {
  const exact = exactNumbers(steps, false);
  const rows = Math.max(1, Math.min(scratchLimits.rows, Math.floor(scratchLimits.cells / Math.max(1, steps.length))));
  let made = 0;
  let plan: Plan | undefined;
  return (n, columns, outputs) => {
    if (n <= 0) return;
    if (plan === undefined || made < Math.min(n, rows)) {
      made = Math.min(rows, n === 1 ? 1 : 2 ** Math.ceil(Math.log2(n)));
      plan = planOf({ steps, results }, exact, made);
    }
    for (let base = 0; base < n; base += rows) {
      const count = Math.min(rows, n - base);
      for (const { slot, leaf } of plan.reads) {
        const column = columns[leaf] ?? [];
        plan.buffers[slot] = n <= rows ? column : part(column, base, base + count);
      }
      for (const kernel of plan.kernels) kernel(count);
      for (let o = 0; o < plan.results.length; o++) write(plan, o, outputs[o] ?? [], base, count);
    }
  };
}

/** Buffers by their places: those of the steps first, then those of constants. */
interface Plan {
  readonly buffers: RawColumn[];
  readonly reads: readonly { readonly slot: number; readonly leaf: number }[];
  readonly kernels: readonly Kernel[];
  readonly results: readonly number[];
}

function part(column: RawColumn, from: number, to: number): RawColumn {
  return column instanceof Float64Array ? column.subarray(from, to) : column.slice(from, to);
}

function write({ buffers, results }: Plan, output: number, into: RawColumn, base: number, n: number): void {
  const from = buffers[results[output] ?? 0] ?? [];
  if (into instanceof Float64Array) for (let i = 0; i < n; i++) into[base + i] = from[i] as number;
  else for (let i = 0; i < n; i++) into[base + i] = from[i] as Raw;
}

function planOf(steps: Pick<Steps, "steps" | "results">, exact: readonly boolean[], rows: number): Plan {
  const { constants, given, results } = layoutOf(steps);
  const buffers = exact.map((isNumber, i): RawColumn =>
    steps.steps[i]?.does === "read" ? [] : isNumber ? new Float64Array(rows) : new Array<Raw>(rows).fill(null),
  );
  for (const constant of constants) {
    const column = typeof constant === "number" ? new Float64Array(rows) : new Array<Raw>(rows);
    buffers.push((column as Raw[]).fill(constant));
  }
  const reads: { slot: number; leaf: number }[] = [];
  const kernels: Kernel[] = [];
  for (const [slot, step] of steps.steps.entries()) {
    if (step.does === "read") reads.push({ slot, leaf: step.leaf });
    else kernels.push(kernelOf(step, buffers, slot, given[slot] ?? []));
  }
  return { buffers, reads, kernels, results };
}
