import { isMissingRaw, type Raw } from "../functions/index.ts";
import { layoutOf } from "./layout.ts";
import type { Row } from "./row-by-columns.ts";
import { cellOf, setCell } from "./row-cells.ts";
import type { CallStep, Steps } from "./steps.ts";

type Act = (values: Raw[]) => void;

/** {@link closures} for one row: a closure a step, over one array of values. */
export function closedRow(program: Steps): Row {
  const { leaves, steps } = program;
  const { constants, given, results } = layoutOf(program);
  const values: Raw[] = [...steps.map(() => null), ...constants];
  const acts: Act[] = [];
  const reads: { readonly place: number; readonly leaf: number }[] = [];
  for (const [place, step] of steps.entries()) {
    if (step.does === "read") reads.push({ place, leaf: step.leaf });
    else acts.push(actOf(step, place, given[place] ?? []));
  }
  const kinds = leaves.map(({ kind }) => kind);
  return (cells, computed) => {
    for (const { place, leaf } of reads) values[place] = cellOf(cells, leaf, kinds[leaf] ?? "string");
    for (const act of acts) act(values);
    for (let i = 0; i < results.length; i++) setCell(computed, i, values[results[i] ?? 0] ?? null);
  };
}

function actOf({ call, none, tested }: CallStep, to: number, given: readonly number[]): Act {
  const [a = 0, b = 0, c = 0, d = 0] = given;
  const [ta, tb, tc] = [tested.includes(0), tested.includes(1), tested.includes(2)];
  switch (given.length) {
    case 1:
      if (!ta) return (values) => void (values[to] = call(values[a] as Raw));
      return (values) => {
        const x = values[a] as Raw;
        values[to] = isMissingRaw(x) ? none : call(x);
      };
    case 2:
      if (tested.length === 0) return (values) => void (values[to] = call(values[a] as Raw, values[b] as Raw));
      return (values) => {
        const x = values[a] as Raw;
        const y = values[b] as Raw;
        values[to] = (ta && isMissingRaw(x)) || (tb && isMissingRaw(y)) ? none : call(x, y);
      };
    case 3:
      return (values) => {
        const x = values[a] as Raw;
        const y = values[b] as Raw;
        const z = values[c] as Raw;
        const isNone = (ta && isMissingRaw(x)) || (tb && isMissingRaw(y)) || (tc && isMissingRaw(z));
        values[to] = isNone ? none : call(x, y, z);
      };
    case 4:
      return (values) => {
        for (const place of tested) if (isMissingRaw(values[given[place] ?? 0] as Raw)) return void (values[to] = none);
        values[to] = call(values[a] as Raw, values[b] as Raw, values[c] as Raw, values[d] as Raw);
      };
    default: {
      const args = given.map((): Raw => null);
      return (values) => {
        for (let i = 0; i < args.length; i++) args[i] = values[given[i] ?? 0] as Raw;
        values[to] = tested.some((place) => isMissingRaw(args[place] as Raw)) ? none : call(...args);
      };
    }
  }
}
