import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ValueKind } from "../../../src/core/index.ts";
import { classSql, differenceSql } from "../../../src/featurestore/consistency/comparison-sql.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 616);
let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});

type Cell = number | null | readonly (number | null)[];

const one = 0.1 + 0.2;
const numbers: readonly number[] = [
  ...[0, -0, NaN, Infinity, -Infinity, 1, -1, one, 0.3, one + Number.EPSILON / 4, 1e308, -1e308],
  ...[Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** 53, 2 ** 53 + 2],
];

function sqlOf(cell: Cell): string {
  if (cell === null) return "null";
  if (typeof cell !== "number") return `[${cell.map(sqlOf).join(", ")}]::double[]`;
  return `'${Object.is(cell, -0) ? "-0" : String(cell)}'::double`;
}

/** What `Object.is` says, element by element. */
function naive(a: Cell, b: Cell): string {
  if (a === null || b === null) {
    if (a === b) return "equal";
    return a === null ? "missing_in_log" : "missing_in_training";
  }
  if (typeof a === "number" || typeof b === "number") return Object.is(a, b) ? "equal" : "differing";
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i])) ? "equal" : "differing";
}

async function compared(
  kind: ValueKind,
  pairs: readonly (readonly [Cell, Cell])[],
): Promise<readonly (readonly [string, number | null, number | null])[]> {
  const type = kind === "float" ? "double" : "double[]";
  const values = pairs.map(([a, b], i) => `(${String(i)}, ${sqlOf(a)}::${type}, ${sqlOf(b)}::${type})`);
  const sides = { logged: "a", replayed: "b" };
  const { absolute, relative } = differenceSql(sides, kind);
  const rows = await engine.rows(
    `select ${classSql(sides, kind)} as c, (${absolute})::double as d, (${relative})::double as r from (values ${values.join(", ")}) as pairs(i, a, b) order by i`,
    "comparing",
  );
  return rows.map(({ c, d, r }) => [String(c), d as number | null, r as number | null]);
}

describe("comparison in SQL", () => {
  it("tells floats apart as Object.is does, each from each", async () => {
    const cells: readonly Cell[] = [null, ...numbers];
    const pairs = cells.flatMap((a) => cells.map((b) => [a, b] as const));
    const found = await compared("float", pairs);
    for (const [i, [a, b]] of pairs.entries()) expect([a, b, found[i]?.[0]]).toEqual([a, b, naive(a, b)]);
    for (const [i, [a, b]] of pairs.entries()) {
      if (typeof a !== "number" || typeof b !== "number") continue;
      const [, d, r] = found[i] ?? [];
      const isWhole = Number.isFinite(a) && Number.isFinite(b);
      expect([a, b, d]).toEqual([a, b, isWhole && Number.isFinite(a - b) ? Math.abs(a - b) : null]);
      if (!isWhole) expect(r).toBeNull();
      // Two values that differ do so by some share, however large they are; 0 and -0 by none.
      else expect(r).toBe(a === 0 && b === 0 ? 0 : shareOf(a, b));
    }
  });

  it("tells lists and embeddings apart as Object.is does their elements", async () => {
    const cell = fc.oneof(
      { weight: 9, arbitrary: fc.array(fc.oneof(fc.constantFrom(...numbers), fc.constant(null)), { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
    const pair = fc.oneof(
      fc.tuple(cell, cell),
      cell.map((a): [Cell, Cell] => [a, a]),
      cell.map((a): [Cell, Cell] => [a, a === null ? null : a.map((x) => (x === 0 ? -x : x))]),
    );
    const pairs: readonly (readonly [Cell, Cell])[] = fc.sample(pair, { numRuns: 400, seed });
    for (const kind of ["embedding(3)", "list<float>"] as const) {
      const found = await compared(kind, pairs);
      for (const [i, [a, b]] of pairs.entries()) {
        expect([a, b, found[i]?.[0]], `seed ${String(seed)}`).toEqual([a, b, naive(a, b)]);
      }
    }
    expect(
      await compared("embedding(3)", [
        [
          [1, 2, -4],
          [1, 2.5, -3],
        ],
      ]),
    ).toEqual([["differing", 1, 0.25]]);
    expect(await compared("list<float>", [[[1], [1, 2]]])).toEqual([["differing", null, null]]);
  });

  it("measures whole numbers and moments exactly, and texts not at all", async () => {
    const measure = async (kind: ValueKind, a: string, b: string): Promise<unknown> => {
      const { absolute, relative } = differenceSql({ logged: "a", replayed: "b" }, kind);
      const [row] = await engine.rows(
        `select ${absolute} as d, ${relative} as r from (select ${a} as a, ${b} as b)`,
        "measuring",
      );
      return [row?.["d"], row?.["r"]];
    };
    expect(await measure("int", "9223372036854775807", "(-9223372036854775807 - 1)")).toEqual([2 ** 64, 2]);
    expect(await measure("timestamp", "4::bigint", "1::bigint")).toEqual([3, 0.75]);
    expect(await measure("int", "0::bigint", "0::bigint")).toEqual([0, 0]);
    expect(await measure("string", "'a'", "'b'")).toEqual([null, null]);
    expect(await measure("bool", "true", "false")).toEqual([null, null]);
    expect(await measure("list<string>", "['a']", "['b']")).toEqual([null, null]);
  });
});

function shareOf(a: number, b: number): number {
  const size = Math.max(Math.abs(a), Math.abs(b));
  return Number.isFinite(a - b) ? Math.abs(a - b) / size : Math.abs(a / size - b / size);
}
