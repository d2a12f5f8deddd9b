import {
  addExact,
  carryExact,
  exactSumLimbs,
  exactSumRoom,
  exactValue,
  inExactDomain,
  mergeExact,
  subtractExact,
  unmergeExact,
} from "../../../core/index.ts";
import type { Aggregate, AggregateCode, AggregateSql, StateArrays, StateColumn } from "../aggregate.ts";
import { maxInt, missing, type Raw } from "../scalar-function.ts";

/** Numbers of a float state: how many, how many outside the domain, and the four digits of the exact total. */
const digits = 2;

/** The state of the exact sum and of what is made from it: n, refused, digits. Contract: language reference, "Sums". */
export function exactCode(finalize: (total: number, n: number) => number): AggregateCode {
  return {
    shape: { numbers: digits + exactSumLimbs, values: 0 },
    empty: ({ numbers }, at) => {
      for (let i = at; i < at + digits + exactSumLimbs; i++) numbers[i] = 0;
    },
    update: ({ numbers }, at, _value, { input }) => {
      const x = Number(input);
      if (inExactDomain(x)) {
        numbers[at] = (numbers[at] ?? 0) + 1;
        addExact(numbers, at + digits, x);
      } else {
        numbers[at + 1] = (numbers[at + 1] ?? 0) + 1;
      }
    },
    merge: (into, at, _value, from, fromAt) => {
      into.numbers[at] = (into.numbers[at] ?? 0) + (from.numbers[fromAt] ?? 0);
      into.numbers[at + 1] = (into.numbers[at + 1] ?? 0) + (from.numbers[fromAt + 1] ?? 0);
      mergeExact(into.numbers, at + digits, from.numbers, fromAt + digits);
    },
    mergeRun: mergeExactRun,
    unmerge: (into, at, _value, from, fromAt) => {
      into.numbers[at] = (into.numbers[at] ?? 0) - (from.numbers[fromAt] ?? 0);
      into.numbers[at + 1] = (into.numbers[at + 1] ?? 0) - (from.numbers[fromAt + 1] ?? 0);
      unmergeExact(into.numbers, at + digits, from.numbers, fromAt + digits);
    },
    remove: ({ numbers }, at, _value, { input }) => {
      const x = Number(input);
      if (inExactDomain(x)) {
        numbers[at] = (numbers[at] ?? 0) - 1;
        subtractExact(numbers, at + digits, x);
      } else {
        numbers[at + 1] = (numbers[at + 1] ?? 0) - 1;
      }
    },
    finalize: ({ numbers }, at) => {
      const n = numbers[at] ?? 0;
      if (n === 0 || numbers[at + 1] !== 0) return missing;
      const total = exactValue(numbers, at + digits);
      return total === null ? missing : finalize(total, n);
    },
  };
}

/** The totals stay in variables of their own, and are put down and carried before they could run over. */
function mergeExactRun(
  { numbers }: StateArrays,
  at: number,
  from: Float64Array,
  fromAt: number,
  stride: number,
  count: number,
): void {
  let n = numbers[at] ?? 0;
  let refused = numbers[at + 1] ?? 0;
  let a = numbers[at + 2] ?? 0;
  let b = numbers[at + 3] ?? 0;
  let c = numbers[at + 4] ?? 0;
  let d = numbers[at + 5] ?? 0;
  for (let i = fromAt + (count - 1) * stride; i >= fromAt; i -= stride) {
    n += from[i] ?? 0;
    refused += from[i + 1] ?? 0;
    a += from[i + 2] ?? 0;
    b += from[i + 3] ?? 0;
    c += from[i + 4] ?? 0;
    d += from[i + 5] ?? 0;
    if (Math.abs(b) > exactSumRoom || Math.abs(c) > exactSumRoom || Math.abs(d) > exactSumRoom) {
      numbers[at + 2] = a;
      numbers[at + 3] = b;
      numbers[at + 4] = c;
      numbers[at + 5] = d;
      carryExact(numbers, at + digits);
      a = numbers[at + 2] ?? 0;
      b = numbers[at + 3] ?? 0;
      c = numbers[at + 4] ?? 0;
      d = numbers[at + 5] ?? 0;
    }
  }
  numbers[at] = n;
  numbers[at + 1] = refused;
  numbers[at + 2] = a;
  numbers[at + 3] = b;
  numbers[at + 4] = c;
  numbers[at + 5] = d;
}

/** 2^62 in SQL: what inputs lie below, and how many units there are in 1. */
export const exactUnit = "4611686018427387904e0";

/** A sum of integers as one HUGEINT. */
export function summed(suffix: string, of: (x: string) => string): StateColumn {
  return {
    suffix,
    update: (x, _order, filter) => `sum(${of(x)}) filter (where ${filter})`,
  };
}

/** How many rows meet a condition on their input. */
export function counted(suffix: string, condition: (x: string) => string): StateColumn {
  return {
    suffix,
    update: (x, _order, filter) => `count(*) filter (where (${filter}) and ${condition(x)})`,
  };
}

/**
 * The same state in SQL: the whole part of each input and the rest in units of 2^-62, each summed exactly as integers.
 * The casts round half to even, as the contract asks.
 */
export function exactSql(finalize: (total: string, n: string) => string): AggregateSql {
  const inside = (x: string): string => `tondo_domain(${x}::double)`;
  return {
    columns: [
      counted("n", (x) => `abs(${x}::double) < ${exactUnit}`),
      counted("bad", (x) => `abs(${x}::double) >= ${exactUnit}`),
      summed("h", (x) => `${inside(x)}::bigint`),
      summed("l", (x) => `((${inside(x)} - ${inside(x)}::bigint::double) * ${exactUnit})::bigint`),
    ],
    finalize: (column) =>
      `case when ${column("bad")} = 0 and ${column("n")} > 0 then ${finalize(`tondo_exact(${column("h")}::hugeint, ${column("l")}::hugeint)`, column("n"))} end`,
    encode: (column) => {
      const whole = `(coalesce(${column("h")}, 0)::hugeint + (coalesce(${column("l")}, 0)::hugeint >> 62))`;
      const rest = `(coalesce(${column("l")}, 0)::hugeint & 4611686018427387903::hugeint)`;
      return {
        numbers: [
          `${column("n")}::double`,
          `${column("bad")}::double`,
          `(${whole} >> 31)::double`,
          `(${whole} & 2147483647::hugeint)::double`,
          `(${rest} >> 31)::double`,
          `(${rest} & 2147483647::hugeint)::double`,
        ],
        values: [],
      };
    },
  };
}

/** Whole numbers: how many, and the total as high * 2^32 + low with 0 <= low < 2^32 after each step. */
const intCode: AggregateCode = {
  shape: { numbers: 3, values: 0 },
  empty: ({ numbers }, at) => {
    numbers.fill(0, at, at + 3);
  },
  update: (state, at, _value, { input }) => {
    takeInt(state, at, input, 1);
  },
  remove: (state, at, _value, { input }) => {
    takeInt(state, at, input, -1);
  },
  merge: (into, at, _value, from, fromAt) => {
    addInt(into, at, from.numbers[fromAt] ?? 0, from.numbers[fromAt + 1] ?? 0, from.numbers[fromAt + 2] ?? 0);
  },
  unmerge: (into, at, _value, from, fromAt) => {
    addInt(into, at, -(from.numbers[fromAt] ?? 0), -(from.numbers[fromAt + 1] ?? 0), -(from.numbers[fromAt + 2] ?? 0));
  },
  finalize: ({ numbers }, at) => {
    if (numbers[at] === 0) return missing;
    const total = (numbers[at + 1] ?? 0) * 2 ** 32 + (numbers[at + 2] ?? 0);
    return total >= -maxInt && total <= maxInt ? total + 0 : missing;
  },
};

function takeInt(state: StateArrays, at: number, input: Raw, times: 1 | -1): void {
  if (typeof input === "number") {
    const high = Math.floor(input / 2 ** 32);
    addInt(state, at, times, times * high, times * (input - high * 2 ** 32));
  } else {
    const x = typeof input === "bigint" ? input : 0n;
    addInt(state, at, times, times * Number(x >> 32n), times * Number(x & 0xffffffffn));
  }
}

function addInt({ numbers }: StateArrays, at: number, n: number, high: number, low: number): void {
  const sum = (numbers[at + 2] ?? 0) + low;
  const carry = Math.floor(sum / 2 ** 32);
  numbers[at] = (numbers[at] ?? 0) + n;
  numbers[at + 1] = (numbers[at + 1] ?? 0) + high + carry;
  numbers[at + 2] = sum - carry * 2 ** 32;
}

const intSql: AggregateSql = {
  columns: [counted("n", (x) => `${x} is not null`), summed("s", (x) => `${x}::bigint`)],
  finalize: (column) => `tondo_int(${column("s")}::hugeint)`,
  encode: (column) => ({
    numbers: [
      `${column("n")}::double`,
      `(coalesce(${column("s")}, 0)::hugeint >> 32)::double`,
      `(coalesce(${column("s")}, 0)::hugeint & 4294967295::hugeint)::double`,
    ],
    values: [],
  }),
};

const floatCode = exactCode((total) => total);
const floatSql = exactSql((total) => total);

/** The exact total. */
export const sum: Aggregate = {
  name: "sum",
  version: 1,
  doc: "The total. Of floats: each rounded to a multiple of 2^-62, added exactly, rounded once; missing where one lies beyond 2^62. Of whole numbers: exact; missing beyond ±(2^53 - 1). Of truth values: how many are true.",
  examples: [
    { text: "sum(x)", rows: { x: [1.5, null, 2.25] }, result: 3.75 },
    { text: "sum(x)", rows: { x: [1e19, 1] }, result: null },
    { text: "sum(x)", rows: { x: [true, false, true] }, type: "bool", result: 2 },
  ],
  takes: { bool: "int", int: "int", float: "float", duration: "duration" },
  optional: true,
  state: (kind) => (kind === "float" ? "exact-sum" : "int-sum"),
  code: (kind) => (kind === "float" ? floatCode : intCode),
  sql: (kind) => (kind === "float" ? floatSql : intSql),
};
