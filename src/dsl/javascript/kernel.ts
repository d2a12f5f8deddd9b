import { isMissingRaw, type Raw, type RawCall, type RawColumn } from "../functions/index.ts";
import type { CallStep } from "./steps.ts";

/** Does a step for the first `n` rows of its buffers. */
export type Kernel = (n: number) => void;

/**
 * The loop of a step that reads the buffers `given` and writes the buffer `to`; buffers are looked up for each run, since
 * leaves change. There is one loop for each number of arguments: spreading them costs more than most functions.
 */
export function kernelOf(step: CallStep, buffers: readonly RawColumn[], to: number, given: readonly number[]): Kernel {
  const { call, none, tested } = step;
  const column = (place: number): Raw[] => buffers[given[place] ?? 0] as Raw[];
  const out = (): Raw[] => buffers[to] as Raw[];
  const [a, b, c] = [tested.includes(0), tested.includes(1), tested.includes(2)];
  switch (given.length) {
    case 1:
      return (n) => {
        one(call, none, a, column(0), out(), n);
      };
    case 2:
      return (n) => {
        two(call, none, a, b, column(0), column(1), out(), n);
      };
    case 3:
      return (n) => {
        three(call, none, a, b, c, column(0), column(1), column(2), out(), n);
      };
    default:
      return (n) => {
        const columns = given.map((slot) => buffers[slot] as Raw[]);
        many(call, none, tested, columns, out(), n);
      };
  }
}

function one(call: RawCall, none: Raw, tested: boolean, xs: readonly Raw[], out: Raw[], n: number): void {
  for (let i = 0; i < n; i++) {
    const x = xs[i] as Raw;
    out[i] = tested && isMissingRaw(x) ? none : call(x);
  }
}

function two(
  call: RawCall,
  none: Raw,
  a: boolean,
  b: boolean,
  xs: readonly Raw[],
  ys: readonly Raw[],
  out: Raw[],
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const x = xs[i] as Raw;
    const y = ys[i] as Raw;
    out[i] = (a && isMissingRaw(x)) || (b && isMissingRaw(y)) ? none : call(x, y);
  }
}

function three(
  call: RawCall,
  none: Raw,
  a: boolean,
  b: boolean,
  c: boolean,
  xs: readonly Raw[],
  ys: readonly Raw[],
  zs: readonly Raw[],
  out: Raw[],
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const x = xs[i] as Raw;
    const y = ys[i] as Raw;
    const z = zs[i] as Raw;
    out[i] = (a && isMissingRaw(x)) || (b && isMissingRaw(y)) || (c && isMissingRaw(z)) ? none : call(x, y, z);
  }
}

function many(
  call: RawCall,
  none: Raw,
  tested: readonly number[],
  columns: readonly (readonly Raw[])[],
  out: Raw[],
  n: number,
): void {
  const args = new Array<Raw>(columns.length);
  rows: for (let i = 0; i < n; i++) {
    for (let j = 0; j < args.length; j++) args[j] = columns[j]?.[i] as Raw;
    for (const place of tested) {
      if (isMissingRaw(args[place] as Raw)) {
        out[i] = none;
        continue rows;
      }
    }
    out[i] = call(...args);
  }
}
