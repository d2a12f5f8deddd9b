import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryExact, type Value, type ValueKind } from "../../../src/core/index.ts";
import {
  type Aggregate,
  type AggregateCode,
  aggregates,
  fromRaw,
  literalSql,
  type Raw,
  type StateArrays,
  toRaw,
} from "../../../src/dsl/index.ts";
import { carrierOf, Engine, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { exactSum } from "../../oracle/exact-sum.ts";
import { valuesOf } from "../random-expressions.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 1_618);

/** A value as a plan's literal has it. */
function literalOf(value: Value): null | boolean | number | string {
  if (typeof value === "object" && value !== null) throw new Error("no aggregate here takes lists");
  return typeof value === "bigint" ? value.toString() : value;
}

interface Row {
  readonly input: Value;
  readonly t: number;
}
type Kind = ValueKind | "rows";

const all: readonly { readonly entry: Aggregate; readonly kind: Kind; readonly name: string }[] = [
  ...aggregates.values(),
].flatMap((entry) =>
  (Object.keys(entry.takes) as Kind[]).map((kind) => ({ entry, kind, name: `${entry.name}(${kind})` })),
);

function rowsOf(kind: Kind, many = 30): fc.Arbitrary<readonly Row[]> {
  const values = kind === "rows" ? fc.constant<Value>(1) : fc.constantFrom(...valuesOf(kind).filter(wellFormedInSql));
  const value = kind === "float" ? fc.oneof(values, fc.double({ noDefaultInfinity: true, noNaN: true })) : values;
  const input = kind === "rows" ? value : fc.oneof({ weight: 5, arbitrary: value }, fc.constant<Value>(null));
  return fc.array(
    fc.record({ input: input.map((one) => (Object.is(one, -0) ? 0 : one)), t: fc.integer({ min: 0, max: 8 }) }),
    { maxLength: many },
  );
}

function wellFormedInSql(value: Value): boolean {
  return !(typeof value === "string" && value.includes("\0"));
}

/** The order in which rows of one time compete: by the input, missing first. */
function inOrder(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => a.t - b.t || compare(a.input, b.input));
}

function compare(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function state({ shape }: AggregateCode): StateArrays {
  return { numbers: new Float64Array(shape.numbers), values: new Array<Raw>(shape.values).fill(null) };
}

function folded(code: AggregateCode, kind: Kind, rows: readonly Row[]): StateArrays {
  const made = state(code);
  code.empty(made, 0, 0);
  for (const { input, t } of rows) {
    if (input !== null) code.update(made, 0, 0, { input: toRaw(input, kind === "rows" ? "int" : kind), t });
  }
  return made;
}

function merged(code: AggregateCode, ...states: readonly StateArrays[]): StateArrays {
  const made = state(code);
  code.empty(made, 0, 0);
  for (const one of states) code.merge(made, 0, 0, one, 0, 0);
  return made;
}

/** What a state comes to and holds, in its one form. */
function seen(entry: Aggregate, kind: Kind, code: AggregateCode, { numbers, values }: StateArrays): unknown {
  const copy = numbers.slice();
  if ((entry.name === "sum" && kind === "float") || entry.name === "mean") carryExact(copy, 2);
  const result = fromRaw(code.finalize({ numbers, values }, 0, 0), entry.takes[kind] ?? "float");
  return { result, numbers: [...copy], values };
}

/** What an aggregate is, said as plainly as can be. */
function naive(name: string, kind: Kind, rows: readonly Row[]): Value {
  const given = rows.map(({ input }) => input).filter((input) => input !== null);
  if (name === "count") return given.length;
  if (given.length === 0) return null;
  switch (name) {
    case "min":
      return given.toSorted(compare)[0] ?? null;
    case "max":
      return given.toSorted(compare).at(-1) ?? null;
    case "last":
      return inOrder(rows).findLast(({ input }) => input !== null)?.input ?? null;
    case "mean": {
      const total = exactSum(given.map(Number));
      return total === null ? null : total / given.length + 0;
    }
    default: {
      if (kind === "float") return exactSum(given.map(Number));
      const total = given.reduce<bigint>((sum, value) => sum + BigInt(value as number | bigint), 0n);
      return total >= -9007199254740991n && total <= 9007199254740991n ? Number(total) : null;
    }
  }
}

describe("every aggregate is a monoid", () => {
  it.each(all)("$name", ({ entry, kind }) => {
    const code = entry.code(kind);
    const look = (one: StateArrays): unknown => seen(entry, kind, code, one);
    fc.assert(
      fc.property(rowsOf(kind), rowsOf(kind), rowsOf(kind), (a, b, c) => {
        // States that meet are of different stretches of time: `last` says so.
        const parts = [a, b, c].map((rows, i) => inOrder(rows.map(({ input, t }) => ({ input, t: t + i * 100 }))));
        const [x, y, z] = parts.map((rows) => folded(code, kind, rows)) as [StateArrays, StateArrays, StateArrays];
        const once = look(folded(code, kind, parts.flat()));
        expect(look(merged(code, x, y, z))).toEqual(once);
        expect(look(merged(code, merged(code, x, y), z))).toEqual(once);
        expect(look(merged(code, x, merged(code, y, z)))).toEqual(once);
        expect(look(merged(code, z, x, y))).toEqual(once);
        const nothing = folded(code, kind, []);
        expect(look(merged(code, x, nothing))).toEqual(look(x));
        expect(look(merged(code, nothing, x))).toEqual(look(x));
        const result = fromRaw(code.finalize(merged(code, x, y, z), 0, 0), entry.takes[kind] ?? "float");
        expect(Object.is(result, naive(entry.name, kind, parts.flat()))).toBe(true);
      }),
      { seed, numRuns: 120 },
    );
  });

  it.each(all.filter(({ entry }) => entry.name !== "last"))(
    "$name does not depend on the order of rows",
    ({ entry, kind }) => {
      const code = entry.code(kind);
      fc.assert(
        fc.property(rowsOf(kind), fc.infiniteStream(fc.nat()), (rows, dice) => {
          const shuffled = rows
            .map((row) => ({ row, key: dice.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ row }) => row);
          expect(seen(entry, kind, code, folded(code, kind, shuffled))).toEqual(
            seen(entry, kind, code, folded(code, kind, rows)),
          );
        }),
        { seed, numRuns: 60 },
      );
    },
  );
});

describe("the SQL of every aggregate", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ memory: "400MB", threads: 2 });
  });
  afterAll(() => {
    engine.close();
  });

  it.each(all)("$name has the states and results of the JavaScript, bit by bit", async ({ entry, kind }) => {
    const code = entry.code(kind);
    const sql = entry.sql(kind);
    const of: ValueKind = kind === "rows" ? "int" : kind;
    const result = entry.takes[kind] ?? "float";
    const groups = [...fc.sample(rowsOf(kind), { seed, numRuns: 60 }), []];
    const cells = groups.flatMap((rows, g) =>
      rows.map(({ input, t }, i) => {
        const value = literalSql(of, literalOf(input)) ?? "null";
        return `(${String(g)}, ${String(i % 3)}, ${String(t + (i % 3) * 100)}, ${value})`;
      }),
    );
    const type = of === "string" ? "varchar" : of === "float" ? "double" : of === "bool" ? "boolean" : "bigint";
    await engine.run(
      `create or replace temp table one as select g::bigint as g, part::int as part, t::bigint as t, x::${type} as x from (values ${cells.join(", ")}) v(g, part, t, x)`,
      "rows",
    );
    const x = kind === "rows" ? "1" : "x";
    const order = kind === "rows" ? "row(t)" : "row(t, x)";
    const column = (suffix: string): string => `c_${suffix}`;
    const update = sql.columns.map((own) => `${own.update(x, order, "true")} as ${column(own.suffix)}`).join(", ");
    const merge = sql.columns.map((own) => `${own.merge(column)} as ${column(own.suffix)}`).join(", ");
    // `last` orders states by the time that they hold.
    const { numbers, values } = sql.encode(column);
    const encoded = [...numbers, ...values].map((one, i) => `${one} as e${String(i)}`).join(", ");
    const select = `select g, ${toCarrier(sql.finalize(column), result)} as result, ${encoded}`;
    const direct = `${select} from (select g, ${update} from one group by g)`;
    const viaParts = `${select} from (select g, ${merge} from (select g, part, ${update} from one group by g, part) group by g)`;
    const empty = `select 60::bigint as g, ${toCarrier(sql.finalize(column), result)} as result, ${encoded} from (select ${update} from one where false)`;
    for (const query of [direct, viaParts, empty]) {
      for await (const chunk of engine.chunks(`from (${query}) order by g`, "aggregating")) {
        const group = chunk.column(0, "int");
        const got = chunk.column(1, carrierOf(result));
        for (let r = 0; r < chunk.rows; r++) {
          const rows = groups[Number(group[r])] ?? [];
          const placed = inOrder(rows.map(({ input, t }, i) => ({ input, t: t + (i % 3) * 100 })));
          const ours = folded(code, kind, placed);
          const mine = fromRaw(code.finalize(ours, 0, 0), result);
          const theirs = fromRaw(got[r] ?? Number.NaN, result);
          expect(
            Object.is(theirs, mine),
            `${String(theirs)} is not ${String(mine)}: ${String(placed.length)} rows`,
          ).toBe(true);
          const copy = ours.numbers.slice();
          if ((entry.name === "sum" && kind === "float") || entry.name === "mean") carryExact(copy, 2);
          for (const i of numbers.keys()) {
            expect(Object.is(chunk.column(2 + i, "number")[r], (copy[i] ?? 0) + 0), `number ${String(i)}`).toBe(true);
          }
          for (const i of values.keys()) {
            const held = chunk.column(2 + numbers.length + i, of === "string" ? "text" : "int")[r] ?? null;
            expect(fromRaw(held, of)).toBe(ours.values[i] ?? null);
          }
        }
      }
    }
  });
});
