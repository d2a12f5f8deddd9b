import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryExact, type Value, type ValueKind } from "../../../src/core/index.ts";
import {
  type Aggregate,
  type AggregateCode,
  aggregates,
  type ColumnPlan,
  type Constants,
  fromRaw,
  literalSql,
  type Raw,
  type StateArrays,
  type StoredWindowPlan,
  toRaw,
} from "../../../src/dsl/index.ts";
import { carrierOf, Engine, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { finalizeCall } from "../../../src/featurestore/offline/joins/finalize-sql.ts";
import { aggregate } from "../../../src/featurestore/oracle/aggregate.ts";
import { sameValue } from "../same-value.ts";
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

interface Case {
  readonly entry: Aggregate;
  readonly kind: Kind;
  readonly options: Constants;
  readonly name: string;
}

/** Options to try for each aggregate that has some. */
const tried: Readonly<Record<string, readonly Constants[]>> = {
  first: [{}, { skip_missing: false }],
  last: [{}, { skip_missing: false }],
  distinct: [{ limit: 10_000 }, { limit: 4 }],
  last_k: [{ n: 1 }, { n: 3 }],
  topk: [
    { k: 1, limit: 10_000 },
    { k: 3, limit: 10_000 },
    { k: 2, limit: 4 },
  ],
  quantile: [{ p: 0 }, { p: 0.07 }, { p: 0.5 }, { p: 0.9 }, { p: 1 }],
};

const all: readonly Case[] = [...aggregates.values()].flatMap((entry) =>
  (Object.keys(entry.takes) as Kind[]).flatMap((kind) =>
    (tried[entry.name] ?? [{}]).map((options) => {
      const shown = Object.entries(options).map(([name, value]) => `, ${name}: ${String(value)}`);
      return { entry, kind, options, name: `${entry.name}(${kind}${shown.join("")})` };
    }),
  ),
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

function codeOf({ entry, kind, options }: Case): AggregateCode {
  return entry.code(kind, options);
}

function folded(code: AggregateCode, kind: Kind, rows: readonly Row[]): StateArrays {
  const made = state(code);
  code.empty(made, 0, 0);
  for (const { input, t } of rows) {
    if (input !== null || code.takesMissing === true)
      code.update(made, 0, 0, { input: toRaw(input, kind === "rows" ? "int" : kind), t });
  }
  return made;
}

function merged(code: AggregateCode, ...states: readonly StateArrays[]): StateArrays {
  const made = state(code);
  code.empty(made, 0, 0);
  for (const one of states) code.merge(made, 0, 0, one, 0, 0);
  return made;
}

function resultOf(one: Case, made: StateArrays): Value {
  return fromRaw(codeOf(one).finalize(made, 0, 0), one.entry.takes[one.kind] ?? "float");
}

/** What a state holds, in its one form. */
function held({ entry, kind, options }: Case, { numbers, values }: StateArrays): unknown {
  const copy = numbers.slice();
  const name = entry.state(kind, options);
  if (name.startsWith("exact")) carryExact(copy, 2);
  const objects = values.map((value) => (value instanceof Map ? new Map([...value].sort()) : sorted(value)));
  if (name !== "exact-squares") return { numbers: [...copy], objects };
  // The sums of products of digits depend on which digits were taken, their total does not.
  let squares = 0n;
  for (let w = 6; w >= 0; w--) {
    squares = (squares << 31n) + (BigInt(copy[6 + 2 * w] ?? 0) << 40n) + BigInt(copy[7 + 2 * w] ?? 0);
  }
  return { numbers: [...copy.slice(0, 6)], squares };
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("counts" in value)) return value;
  return {
    ...value,
    counts: [...(value.counts as Map<Raw, number>)].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  };
}

/** What a state comes to and holds. */
function seen(one: Case, made: StateArrays): unknown {
  return { result: resultOf(one, made), ...(held(one, made) as object) };
}

/** A state through what is stored of it. */
function stored(code: AggregateCode, made: StateArrays): StateArrays {
  const form = code.stored;
  if (form === undefined) return made;
  return { numbers: made.numbers, values: made.values.map((value) => form.decode(form.encode(value))) };
}

/** What an aggregate is, said as plainly as can be. */
function naive({ entry, kind, options }: Case, rows: readonly Row[]): Value {
  const input: ColumnPlan | undefined = kind === "rows" ? undefined : { node: "column", type: `${kind}?`, name: "x" };
  const plan = { aggregate: entry.name, options, ...(input === undefined ? {} : { input }) };
  return aggregate(
    plan,
    inOrder(rows).map((row) => row.input),
  );
}

describe("every aggregate is a monoid", () => {
  it.each(all)("$name", (one) => {
    const { kind } = one;
    const code = codeOf(one);
    const look = (made: StateArrays): unknown => seen(one, made);
    fc.assert(
      fc.property(rowsOf(kind), rowsOf(kind), rowsOf(kind), (a, b, c) => {
        // States that meet are of different stretches of time: \`last\` says so.
        const parts = [a, b, c].map((rows, i) => inOrder(rows.map(({ input, t }) => ({ input, t: t + i * 100 }))));
        const make = (): StateArrays[] => parts.map((rows) => folded(code, kind, rows));
        const [x, y, z] = make() as [StateArrays, StateArrays, StateArrays];
        const once = look(folded(code, kind, parts.flat()));
        expect(look(merged(code, x, y, z))).toEqual(once);
        expect(look(merged(code, merged(code, x, y), z))).toEqual(once);
        expect(look(merged(code, x, merged(code, y, z)))).toEqual(once);
        expect(look(merged(code, z, x, y))).toEqual(once);
        expect(look(merged(code, stored(code, x), stored(code, y), stored(code, z)))).toEqual(once);
        const nothing = folded(code, kind, []);
        expect(look(merged(code, x, nothing))).toEqual(look(x));
        expect(look(merged(code, nothing, x))).toEqual(look(x));
        expect(look(stored(code, x))).toEqual(look(x));
        // What was merged is as it was.
        expect([x, y, z].map(look)).toEqual(make().map(look));
        if (code.unmerge !== undefined) {
          const less = merged(code, x, y, z);
          code.unmerge(less, 0, 0, y, 0, 0);
          expect(look(less)).toEqual(look(merged(code, x, z)));
        }
        const result = resultOf(one, merged(code, x, y, z));
        expect(sameValue(result, naive(one, parts.flat()))).toBe(true);
      }),
      { seed, numRuns: 120 },
    );
  });

  it.each(all.filter((one) => codeOf(one).mergeRun !== undefined))("$name merges a run as one by one", (one) => {
    const code = codeOf(one);
    const { numbers: size } = code.shape;
    fc.assert(
      fc.property(fc.array(rowsOf(one.kind, 6), { maxLength: 12 }), fc.nat(3), fc.nat(3), (parts, gap, from) => {
        // Some numbers apart, as states of other windows lie between them; those before `from` are left out.
        const stride = size + gap;
        const states = parts.map((rows, i) =>
          folded(code, one.kind, inOrder(rows.map(({ input, t }) => ({ input, t: t + i * 100 })))),
        );
        const run = new Float64Array(states.length * stride + 1).fill(77);
        for (const [i, { numbers }] of states.entries()) run.set(numbers, 1 + i * stride);
        const kept = run.slice();
        const asked = states.slice(from);
        const single = merged(code, ...asked.toReversed());
        const made = state(code);
        code.empty(made, 0, 0);
        code.mergeRun?.(made, 0, run, 1 + from * stride, stride, asked.length);
        expect(seen(one, made)).toEqual(seen(one, single));
        expect(run).toEqual(kept);
        // Onto what is there already, as a longer window does.
        const half = asked.length >> 1;
        const parted = state(code);
        code.empty(parted, 0, 0);
        code.mergeRun?.(parted, 0, run, 1 + (from + half) * stride, stride, asked.length - half);
        code.mergeRun?.(parted, 0, run, 1 + from * stride, stride, half);
        expect(seen(one, parted)).toEqual(seen(one, single));
      }),
      { seed, numRuns: 120 },
    );
  });

  it("a run of sums stays exact where digits grow beyond what they hold uncarried", () => {
    const code = aggregates.get("sum")?.code("float", {});
    if (code?.mergeRun === undefined) throw new Error("sums have runs");
    const digits = [0, 2 ** 51 + 1, 2 ** 51 + 3, 2 ** 51 + 7];
    const count = 1001;
    const run = Float64Array.from({ length: 6 * count }, (_, i) => [1, 0, ...digits][i % 6] ?? 0);
    const made = state(code);
    code.empty(made, 0, 0);
    code.mergeRun(made, 0, run, 0, 6, count);
    const total = digits.reduce((sum, digit) => (sum << 31n) + BigInt(digit), 0n) * BigInt(count);
    expect(code.finalize(made, 0, 0)).toBe(Number(total) * 2 ** -62);
  });

  it("has an inverse where one exists", () => {
    const inverse = all.filter((one) => codeOf(one).unmerge !== undefined).map(({ entry }) => entry.name);
    expect([...new Set(inverse)]).toEqual(["count", "sum", "mean", "var", "std", "quantile"]);
  });

  it.each(all.filter(({ entry }) => !["first", "last", "last_k"].includes(entry.name)))(
    "$name does not depend on the order of rows",
    (one) => {
      const { kind } = one;
      const code = codeOf(one);
      fc.assert(
        fc.property(rowsOf(kind), fc.infiniteStream(fc.nat()), (rows, dice) => {
          const shuffled = rows
            .map((row) => ({ row, key: dice.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ row }) => row);
          expect(seen(one, folded(code, kind, shuffled))).toEqual(seen(one, folded(code, kind, rows)));
        }),
        { seed, numRuns: 60 },
      );
    },
  );

  it("does not read a state of another version", () => {
    for (const one of all) {
      const { stored: form, shape } = codeOf(one);
      if (form === undefined) continue;
      const text = form.encode(folded(codeOf(one), one.kind, []).values[shape.values - 1]);
      expect(text[0], one.name).toBe("1");
      expect(form.decode(`2${text.slice(1)}`), one.name).toBe(undefined);
      expect(form.decode(""), one.name).toBe(undefined);
    }
  });
});

describe("the SQL of every aggregate", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ memory: "600MB", threads: 2 });
  });
  afterAll(() => {
    engine.close();
  });

  it.each(all)("$name has the states and results of the JavaScript, bit by bit", async (one) => {
    const { entry, kind, options } = one;
    const code = codeOf(one);
    const sql = entry.sql(kind, options);
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
    const order = kind === "rows" ? "struct_pack(a := t)" : "struct_pack(a := t, b := x is not null, c := x)";
    const column = (suffix: string): string => `c_${suffix}`;
    const update = sql.columns.map((own) => `${own.update(x, order, "true")} as ${column(own.suffix)}`).join(", ");
    const plan: StoredWindowPlan = {
      ...{ kind: "window", name: "x", type: `${result}?`, aggregate: entry.name, version: entry.version, options },
      ...(kind === "rows" ? {} : { input: { node: "column", type: `${kind}?`, name: "x" } }),
      ...{ over: 1, hop: 1, direction: "back" },
    };
    const final = sql.finalize?.(column) ?? finalizeCall(engine, plan, sql.encode(column));
    const { numbers, values } = sql.encode(column);
    const encoded = [...numbers, ...values].map((part, i) => `${part} as e${String(i)}`).join(", ");
    const select = `select g, ${toCarrier(final, result)} as result, ${encoded}`;
    const direct = `${select} from (select g, ${update} from one group by g)`;
    const empty = `${select.replace("select g,", "select 60::bigint as g,")} from (select ${update} from one where false)`;
    for (const query of [direct, empty]) {
      for await (const chunk of engine.chunks(`from (${query}) order by g`, "aggregating")) {
        const group = chunk.column(0, "int");
        const got = chunk.column(1, carrierOf(result));
        for (let r = 0; r < chunk.rows; r++) {
          const rows = groups[Number(group[r])] ?? [];
          const placed = inOrder(rows.map(({ input, t }, i) => ({ input, t: t + (i % 3) * 100 })));
          const ours = folded(code, kind, placed);
          const mine = resultOf(one, ours);
          const theirs = fromRaw(got[r] ?? Number.NaN, result);
          expect(
            sameValue(theirs, mine),
            `${String(theirs)} is not ${String(mine)}: ${String(placed.length)} rows`,
          ).toBe(true);
          const carried = code.stored !== undefined || of === "string" ? "text" : "int";
          const found: StateArrays = {
            numbers: Float64Array.from(numbers, (_, i) => Number(chunk.column(2 + i, "number")[r])),
            values: values.map((_, i) => {
              const value = chunk.column(2 + numbers.length + i, carried)[r] ?? null;
              return code.stored === undefined ? fromRaw(value, of) : code.stored.decode(String(value));
            }),
          };
          expect(held(one, found)).toEqual(held(one, { ...ours, numbers: ours.numbers.map((number) => number + 0) }));
        }
      }
    }
  });
});
