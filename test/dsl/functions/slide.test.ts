import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ValueKind } from "../../../src/core/index.ts";
import { aggregates, type Constants, type Raw, slideOf, slideRuleOf } from "../../../src/dsl/index.ts";
import { sameRaw } from "../same-value.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 161_803);

/** Every aggregate over every kind of input, with options that matter. */
const ways = [...aggregates.values()].flatMap((aggregate) =>
  Object.keys(aggregate.takes).flatMap((kind) => {
    const given: Constants[] = { last_k: [{ n: 3 }], topk: [{ k: 2 }, { k: 1, limit: 3 }], quantile: [{ p: 0.5 }] }[
      aggregate.name
    ] ?? [{}];
    if (aggregate.name === "distinct") given.push({ limit: 2 });
    if (["first", "last"].includes(aggregate.name)) given.push({ skip_missing: false });
    return given.map((options) => ({ aggregate, kind: kind as ValueKind | "rows", options }));
  }),
);

const inputs: Readonly<Record<string, fc.Arbitrary<Raw>>> = {
  rows: fc.constant(1),
  bool: fc.constantFrom(0, 1),
  int: fc.constantFrom<Raw>(0, 1, -1, 7, 2 ** 53 - 1, -(2 ** 53 - 1), 9007199254740993n, -9007199254740993n),
  float: fc.constantFrom(0, 1.5, -1.5, 0.1, 1e-320, 1e300, 2 ** 61, -(2 ** 61), 1e18, -1e18, 3),
  timestamp: fc.constantFrom(0, 1, 1.7e15, -1.7e15),
  date: fc.constantFrom(0, 1, 19_000, -19_000),
  duration: fc.constantFrom(0, 1, -1, 86_400_000_000, 2 ** 53 - 1, -(2 ** 53 - 1)),
  string: fc.constantFrom("", "a", "b", "\u{1F600}", "ab"),
};

interface Event {
  readonly input: Raw;
  readonly t: number;
  readonly enter: number;
  readonly leave: number;
}

describe("a slide", () => {
  it.each(ways)(
    "of $aggregate.name over $kind ($options) holds what an aggregate of the rows that count does",
    (way) => {
      const { aggregate, kind, options } = way;
      const code = aggregate.code(kind, options);
      const rule = slideRuleOf(aggregate, kind, options);
      const value = inputs[kind] ?? inputs["float"] ?? fc.constant(0);
      const input =
        code.takesMissing === true ? fc.option(value, { nil: kind === "string" ? null : Number.NaN }) : value;
      const events = fc.array(
        fc.record({
          input,
          t: fc.integer({ min: 0, max: 20 }),
          wait: fc.constantFrom(0, 0, 0, 1, 5, 15),
          // Hops mostly; now and then a version that was replaced.
          stays: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 3 }),
        }),
        { maxLength: 30 },
      );
      const slide = slideOf(rule);
      fc.assert(
        fc.property(events, fc.uniqueArray(fc.integer({ min: 0, max: 45 }), { maxLength: 12 }), (given, moments) => {
          const all: Event[] = given
            .map(({ input: one, t, wait, stays }) => {
              const enter = t + 1 + wait;
              const leave = Math.min((Math.floor(t / 3) + 1) * 3 + 12, stays === undefined ? Infinity : enter + stays);
              return { input: one, t, enter, leave };
            })
            .sort((a, b) => a.enter - b.enter || a.t - b.t);
          slide.clear();
          let next = 0;
          for (const q of moments.sort((a, b) => a - b)) {
            for (let event = all[next]; event !== undefined && event.enter <= q; event = all[++next])
              slide.enter(event.input, event.t, event.leave);
            slide.settle(q);
            const state = {
              numbers: new Float64Array(code.shape.numbers),
              values: new Array<unknown>(code.shape.values),
            };
            code.empty(state, 0, 0);
            // In the order of the contract: by time, then as they came.
            const counting = all.filter(({ enter, leave }) => enter <= q && q < leave).sort((a, b) => a.t - b.t);
            for (const event of counting) code.update(state, 0, 0, event);
            const expected = code.finalize(state, 0, 0);
            const actual = rule.code.finalize(slide.state, 0, 0);
            if (!sameRaw(actual, expected))
              throw new Error(`at ${String(q)} the slide gives ${String(actual)}, the rows ${String(expected)}`);
          }
        }),
        { seed, numRuns: 150 },
      );
    },
  );

  const lastOf = (n: number): ReturnType<typeof slideRuleOf> => {
    const aggregate = aggregates.get("last_k");
    if (aggregate === undefined) throw new Error("no last_k");
    return slideRuleOf(aggregate, "float", { n });
  };

  it("of the latest keeps what outlives later rows, however many there are", () => {
    const rule = lastOf(3);
    const events = fc.array(
      fc.record({
        t: fc.integer({ min: 0, max: 400 }),
        stays: fc.option(fc.integer({ min: 1, max: 60 }), { nil: 300, freq: 2 }),
      }),
      { minLength: 300, maxLength: 500 },
    );
    const slide = slideOf(rule);
    fc.assert(
      fc.property(events, (given) => {
        const all = given
          .map(({ t, stays }, i) => ({ input: i, t, enter: t + (i % 7), leave: t + (i % 7) + stays }))
          .sort((a, b) => a.enter - b.enter || a.t - b.t);
        slide.clear();
        let next = 0;
        for (const q of [200, 210, 405, 450, 500, 600, 700]) {
          for (let event = all[next]; event !== undefined && event.enter <= q; event = all[++next])
            slide.enter(event.input, event.t, event.leave);
          slide.settle(q);
          const counting = all.filter(({ enter, leave }) => enter <= q && q < leave).sort((a, b) => a.t - b.t);
          const latest = counting.slice(-3).map(({ input }) => input);
          expect(rule.code.finalize(slide.state, 0, 0)).toEqual(latest.length === 0 ? null : latest.reverse());
        }
      }),
      { seed, numRuns: 60, endOnFailure: true },
    );
  });

  it("of the latest costs what it gives, and not what the window holds, wherever a version was replaced", () => {
    const started = performance.now();
    for (const [n, rows] of [
      [3, 40_000],
      [1000, 10_000],
    ] as const) {
      const rule = lastOf(n);
      const slide = slideOf(rule);
      for (let t = 0; t < rows; t++) {
        slide.enter(t, t, t === 500 ? rows : t === 501 ? 502 : t + rows);
        slide.settle(t);
      }
      expect(rule.code.finalize(slide.state, 0, 0)).toEqual(Array.from({ length: n }, (_, i) => rows - 1 - i));
    }
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("is there for every aggregate", () => {
    expect(new Set(ways.map(({ aggregate }) => aggregate.name)).size).toBe(aggregates.size);
  });
});
