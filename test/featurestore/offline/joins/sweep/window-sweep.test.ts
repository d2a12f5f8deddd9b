import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregates, type Raw, type RawColumn, slideRuleOf } from "../../../../../src/dsl/index.ts";
import type { SweepPlan } from "../../../../../src/featurestore/offline/joins/sweep/sweep-plan.ts";
import { type Passing, WindowSweep } from "../../../../../src/featurestore/offline/joins/sweep/window-sweep.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 299_792);

function state(name: string, output: number, window: number, where?: number): SweepPlan["states"][number] {
  const entry = aggregates.get(name);
  if (entry === undefined) throw new Error(`no aggregate ${name}`);
  const rule = slideRuleOf(entry, name === "count" ? "rows" : "float", name === "last_k" ? { n: 2 } : {});
  const input = name === "count" ? undefined : 0;
  return { rule, input, where, window, results: [{ output, code: rule.code }] };
}

const back: SweepPlan = {
  inputs: [{ column: "x0", kind: "float" }],
  wheres: ["w0"],
  windows: [
    { over: 10, hop: 3, horizon: 0 },
    { over: 4, hop: 1, horizon: 0 },
  ],
  states: [state("count", 0, 0), state("sum", 1, 1), state("max", 2, 0, 0), state("last_k", 3, 1), state("last", 4, 0)],
  outputs: [
    { column: "n", kind: "int" },
    { column: "sum", kind: "float" },
    { column: "max", kind: "float" },
    { column: "last_k", kind: "list<float>" },
    { column: "last", kind: "float" },
  ],
  direction: "back",
  horizons: [0],
  ordered: true,
};

/** Two questions a row: what happens within 5 and within 9. */
const ahead: SweepPlan = {
  ...back,
  windows: [
    { over: 5, hop: 1, horizon: 0 },
    { over: 9, hop: 1, horizon: 1 },
  ],
  direction: "next",
  horizons: [5, 9],
};

interface Item {
  readonly key: number;
  readonly moment: number;
  readonly asks: number;
  readonly at: number;
  readonly until: number;
  readonly x: number;
  readonly w: number;
}

const events = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 2 }),
    t: fc.integer({ min: -20, max: 20 }),
    wait: fc.constantFrom(0, 0, 2, 9),
    replaced: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 4 }),
    x: fc.constantFrom(Number.NaN, 1, 2, 0.5, -3),
    w: fc.constantFrom(0, 1, Number.NaN),
  }),
  { maxLength: 40 },
);
const rows = fc.array(fc.record({ key: fc.integer({ min: -1, max: 3 }), q: fc.integer({ min: -25, max: 30 }) }), {
  maxLength: 25,
});
type Given = readonly [
  typeof events extends fc.Arbitrary<infer T> ? T : never,
  typeof rows extends fc.Arbitrary<infer T> ? T : never,
];

/** Events and rows in the order in which they pass. */
function passageOf(plan: SweepPlan, [given, asking]: Given): readonly Item[] {
  const items = given.map(({ key, t, wait, replaced, x, w }): Item => {
    const moment = plan.direction === "back" ? Math.max(t + 1, t + wait) : t + wait;
    const until = replaced === null ? Number.NaN : t + wait + replaced;
    return { key, moment, asks: 0, at: t, until, x, w };
  });
  const asked = asking.flatMap(({ key, q }, row) =>
    plan.horizons.map((horizon, i): Item => ({
      key,
      moment: q + horizon,
      asks: i + 1,
      at: row,
      until: Number.NaN,
      x: Number.NaN,
      w: 0,
    })),
  );
  return [...items, ...asked].sort((a, b) => a.key - b.key || a.moment - b.moment || a.asks - b.asks || a.at - b.at);
}

function stretch(items: readonly Item[]): Passing {
  const column = (of: (item: Item) => number): Float64Array => Float64Array.from(items, of);
  return {
    rows: items.length,
    key: column(({ key }) => key),
    moment: column(({ moment }) => moment),
    asks: column(({ asks }) => asks),
    at: column(({ at }) => at),
    until: column(({ until }) => until),
    inputs: [column(({ x }) => x)],
    wheres: [column(({ w }) => w)],
  };
}

/** The answers by row, of the horizons together. */
function swept(plan: SweepPlan, stretches: readonly (readonly Item[])[]): ReadonlyMap<number, readonly Raw[]> {
  const sweep = new WindowSweep(plan);
  const answers = new Map<number, Raw[]>();
  const take = ([row = [], ...columns]: readonly RawColumn[], n: number): void => {
    for (let i = 0; i < n; i++) {
      const own = columns.map((column) => column[i] ?? null);
      const before = answers.get(Number(row[i]));
      answers.set(
        Number(row[i]),
        own.map((value, o) => (value === null || value !== value ? (before?.[o] ?? value) : value)),
      );
    }
  };
  for (const items of stretches) sweep.pass(stretch(items), take);
  return answers;
}

/** Row by row, window by window, as the contract says it. */
function naive(plan: SweepPlan, items: readonly Item[], asking: Given[1]): ReadonlyMap<number, readonly Raw[]> {
  const answers = asking.map(({ key, q }, row): readonly [number, readonly Raw[]] => {
    const results = plan.outputs.map(({ kind }): Raw => (kind === "list<float>" ? null : Number.NaN));
    if (key < 0) return [row, results];
    for (const { rule, input, where, window, results: own } of plan.states) {
      const { over, hop } = plan.windows[window] ?? { over: 0, hop: 1 };
      const [low, high] = plan.direction === "back" ? [Math.floor((q - over) / hop) * hop, q - 1] : [q + 1, q + over];
      const seen = plan.direction === "back" ? q : q + over;
      const counting = items
        .filter(({ asks, key: other }) => asks === 0 && other === key)
        .filter(({ at, moment, until }) => at >= low && at <= high && moment <= seen && !(until <= seen))
        .filter(({ x, w }) => (where === undefined || w === 1) && (input === undefined || x === x))
        .sort((a, b) => a.at - b.at);
      const code = rule.code;
      const empty = { numbers: new Float64Array(code.shape.numbers), values: new Array<unknown>(code.shape.values) };
      code.empty(empty, 0, 0);
      for (const { at, x } of counting) code.update(empty, 0, 0, { input: input === undefined ? 1 : x, t: at });
      for (const { output } of own) results[output] = code.finalize(empty, 0, 0);
    }
    return [row, results];
  });
  return new Map(answers);
}

describe("a sweep", () => {
  it.each([
    ["back", back],
    ["ahead", ahead],
  ])("looking %s gives each row what a look at all events gives, wherever stretches end", (_, plan) => {
    fc.assert(
      fc.property(
        fc.tuple(events, rows),
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 60 }),
        (given, cuts) => {
          const items = passageOf(plan, given);
          const expected = naive(plan, items, given[1]);
          const parts: Item[][] = [];
          for (let from = 0, cut = 0; from < items.length; cut++) {
            const size = cuts[cut] ?? 3;
            parts.push(items.slice(from, from + size));
            from += size;
          }
          for (const stretches of [[items], parts]) {
            const actual = swept(plan, stretches);
            expect(new Map([...actual].sort(([a], [b]) => a - b))).toEqual(expected);
          }
        },
      ),
      { seed, numRuns: 500 },
    );
  });
});
