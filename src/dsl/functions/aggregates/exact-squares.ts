import { addExact, exactSumLimbs, inExactDomain, mergeExact, unmergeExact } from "../../../core/index.ts";
import type { AggregateCode, AggregateSql, StateColumn } from "../aggregate.ts";
import { missing } from "../scalar-function.ts";
import { counted, exactUnit, summed } from "./sum.ts";

/**
 * The exact sum of inputs and of their squares. An input is the integer Q = x * 2^62 in four digits of base 2^31, its square the
 * sum over i, j of digit i times digit j times 2^(31 (i + j)): seven sums, one for each i + j. In a state each takes two
 * numbers, high * 2^40 + low. Numbers: how many, how many outside the domain, the four digits of the sum, the seven sums.
 */
const sumAt = 2;
const squaresAt: number = sumAt + exactSumLimbs;
const weights = 7;
const size: number = squaresAt + 2 * weights;

const half = 2 ** 40;
const perHalf = 2 ** -40;
const roomy = 2 ** 52;
const base = 2 ** 31;
const perBase = 2 ** -31;
const rounder = 1.5 * 2 ** 52;

/** Adds a * b, digits of at most 2^32, to the sum at `at`. */
function addProduct(numbers: Float64Array, at: number, a: number, b: number): void {
  const high = Math.trunc(a / 65536);
  const product = high * b;
  const cut = Math.trunc(product / 2 ** 24);
  addHalves(numbers, at, cut, (product - cut * 2 ** 24) * 65536 + (a - high * 65536) * b);
}

function addHalves(numbers: Float64Array, at: number, high: number, low: number): void {
  const sum = (numbers[at + 1] ?? 0) + low;
  const over = Math.abs(sum) > roomy - half * 256 ? Math.floor(sum * perHalf) : 0;
  numbers[at] = (numbers[at] ?? 0) + high + over;
  numbers[at + 1] = sum - over * half;
}

function addSquare(numbers: Float64Array, at: number, x: number): void {
  const d3 = Math.trunc(x * perBase);
  let rest = x - d3 * base;
  const d2 = Math.trunc(rest);
  rest = (rest - d2) * base;
  const d1 = Math.trunc(rest);
  rest = (rest - d1) * base;
  const d0 = rest + rounder - rounder;
  addProduct(numbers, at + 12, d3, d3);
  addProduct(numbers, at + 10, 2 * d3, d2);
  addProduct(numbers, at + 8, 2 * d3, d1);
  addProduct(numbers, at + 8, d2, d2);
  addProduct(numbers, at + 6, 2 * d3, d0);
  addProduct(numbers, at + 6, 2 * d2, d1);
  addProduct(numbers, at + 4, 2 * d2, d0);
  addProduct(numbers, at + 4, d1, d1);
  addProduct(numbers, at + 2, 2 * d1, d0);
  addProduct(numbers, at, d0, d0);
}

/** The totals of a state, or `undefined` where one has grown beyond what it holds exactly. */
export interface SquaresTotals {
  readonly n: bigint;
  /** In units of 2^-62. */
  readonly sum: bigint;
  /** In units of 2^-124. */
  readonly squares: bigint;
}

function totalsOf(numbers: Float64Array, at: number): SquaresTotals | undefined {
  for (let i = 0; i < size; i++) if (!Number.isSafeInteger(numbers[at + i] ?? 0)) return undefined;
  const digit = (i: number): bigint => BigInt(numbers[at + i] ?? 0);
  let sum = 0n;
  for (let i = 0; i < exactSumLimbs; i++) sum = (sum << 31n) + digit(sumAt + i);
  let squares = 0n;
  for (let w = weights - 1; w >= 0; w--) {
    squares = (squares << 31n) + (digit(squaresAt + 2 * w) << 40n) + digit(squaresAt + 2 * w + 1);
  }
  return { n: digit(0), sum, squares };
}

/** The state of what is made from sum and squares; `finalize` is asked where there is an input and none was refused. */
export function squaresCode(finalize: (totals: SquaresTotals) => number): AggregateCode {
  const combine = (into: Float64Array, at: number, from: Float64Array, fromAt: number, sign: 1 | -1): void => {
    into[at] = (into[at] ?? 0) + sign * (from[fromAt] ?? 0);
    into[at + 1] = (into[at + 1] ?? 0) + sign * (from[fromAt + 1] ?? 0);
    (sign === 1 ? mergeExact : unmergeExact)(into, at + sumAt, from, fromAt + sumAt);
    for (let i = squaresAt; i < size; i += 2) {
      addHalves(into, at + i, sign * (from[fromAt + i] ?? 0), sign * (from[fromAt + i + 1] ?? 0));
    }
  };
  return {
    shape: { numbers: size, values: 0 },
    empty: ({ numbers }, at) => {
      numbers.fill(0, at, at + size);
    },
    update: ({ numbers }, at, _value, { input }) => {
      const x = Number(input);
      if (inExactDomain(x)) {
        numbers[at] = (numbers[at] ?? 0) + 1;
        addExact(numbers, at + sumAt, x);
        addSquare(numbers, at + squaresAt, x);
      } else {
        numbers[at + 1] = (numbers[at + 1] ?? 0) + 1;
      }
    },
    merge: (into, at, _value, from, fromAt) => {
      combine(into.numbers, at, from.numbers, fromAt, 1);
    },
    unmerge: (into, at, _value, from, fromAt) => {
      combine(into.numbers, at, from.numbers, fromAt, -1);
    },
    finalize: ({ numbers }, at) => {
      if (numbers[at] === 0 || numbers[at + 1] !== 0) return missing;
      const totals = totalsOf(numbers, at);
      return totals === undefined ? missing : finalize(totals);
    },
  };
}

/** The digits in SQL lie around zero, so that every product fits into a BIGINT, and so do the sums of two or three of one weight. */
const products: readonly ((d: (i: number) => string) => string)[] = [
  (d) => `${d(0)} * ${d(0)}`,
  (d) => `2 * ${d(1)} * ${d(0)}`,
  (d) => `2 * ${d(2)} * ${d(0)} + ${d(1)} * ${d(1)}`,
  (d) => `2 * (${d(3)} * ${d(0)} + ${d(2)} * ${d(1)})`,
  (d) => `2 * ${d(3)} * ${d(1)} + ${d(2)} * ${d(2)}`,
  (d) => `2 * ${d(3)} * ${d(2)}`,
  (d) => `${d(3)} * ${d(3)}`,
];

/** The same state in SQL; `finalize` is the JavaScript's. */
export function squaresSql(): AggregateSql {
  const inside = (x: string): string => `tondo_domain(${x}::double)`;
  const whole = (x: string): string => `${inside(x)}::bigint`;
  const rest = (x: string): string => `((${inside(x)} - ${whole(x)}::double) * ${exactUnit})::bigint`;
  const digit =
    (x: string) =>
    (i: number): string =>
      `tondo_${i % 2 === 0 ? "low" : "high"}_digit(${i < 2 ? rest(x) : whole(x)})`;
  const squares = products.map((product, w): StateColumn =>
    summed(`q${String(w)}`, (x) => `(${product(digit(x))})::bigint`),
  );
  return {
    columns: [
      counted("n", (x) => `abs(${x}::double) < ${exactUnit}`),
      counted("bad", (x) => `abs(${x}::double) >= ${exactUnit}`),
      summed("h", whole),
      summed("l", rest),
      ...squares,
    ],
    encode: (column) => {
      const total = (suffix: string): string => `coalesce(${column(suffix)}, 0)::hugeint`;
      const high = `(${total("h")} + (${total("l")} >> 62))`;
      const low = `(${total("l")} & 4611686018427387903::hugeint)`;
      return {
        numbers: [
          `coalesce(${column("n")}, 0)::double`,
          `coalesce(${column("bad")}, 0)::double`,
          ...[high, low].flatMap((part) => [`(${part} >> 31)::double`, `(${part} & 2147483647::hugeint)::double`]),
          ...squares.flatMap(({ suffix }) => [
            `(${total(suffix)} >> 40)::double`,
            `(${total(suffix)} & 1099511627775::hugeint)::double`,
          ]),
        ],
        values: [],
      };
    },
  };
}
