import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Constants } from "../../../../src/dsl/index.ts";
import { OrderStatistics } from "../../../../src/dsl/functions/fitted/order-statistics.ts";
import { quantiles } from "../../../../src/dsl/functions/fitted/quantiles.ts";
import { applied, entryOf, fit } from "./fit-one.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 77);

interface Golden {
  readonly shares: readonly number[];
  readonly cases: readonly {
    readonly name: string;
    readonly rows: readonly number[];
    readonly asked: readonly number[];
    readonly percentiles: readonly number[];
    readonly zscore: readonly number[];
    readonly minmax: readonly number[];
    readonly robust: readonly number[];
    readonly quantize: Readonly<Record<string, readonly number[]>>;
    readonly clip: readonly number[];
  }[];
}
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../golden/fitted/fitted.json"), "utf8"),
) as Golden;

function quantilesOf(shares: readonly number[], values: readonly number[], fits = 1): readonly number[] | undefined {
  const fitted = quantiles(shares, fits);
  for (let pass = 0; pass < fitted.passes; pass++) {
    for (const x of values) fitted.add(x, pass);
    fitted.endPass(pass);
  }
  return fitted.values();
}

function results(key: string, rows: readonly number[], asked: readonly number[], options: Constants = {}): unknown[] {
  const entry = entryOf(key);
  return asked.map(applied(entry, fit(entry, rows, options)));
}

describe.each(golden.cases)("as numpy and scikit-learn: $name", (one) => {
  const { rows, asked } = one;

  it("quantiles and clip, to the bit", () => {
    expect(quantilesOf(golden.shares, rows)).toEqual(one.percentiles.map((x) => x + 0));
    expect(results("clip", rows, asked, { low: 5, high: 95 })).toEqual(one.clip.map((x) => x + 0));
  });

  it("quantize", () => {
    for (const [n, bins] of Object.entries(one.quantize)) {
      expect(results("quantize", rows, asked, { n: Number(n) })).toEqual(bins);
    }
  });

  it.each(["zscore", "minmax", "robust"] as const)("%s, to the last few bits", (key) => {
    const theirs = one[key];
    const size = Math.max(1, ...theirs.map(Math.abs));
    for (const [i, result] of results(key, rows, asked).entries()) {
      expect(Math.abs(Number(result) - (theirs[i] ?? Number.NaN)) / size, `${key} ${String(i)}`).toBeLessThan(1e-9);
    }
  });
});

const value = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -4, max: 4 }),
    fc.constantFrom(0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308),
    fc.constantFrom(1, 1 + 2 ** -52, 1 - 2 ** -53, 2 ** 53, -(2 ** 53)),
  )
  .map((x) => x + 0);

/** The quantile by sorting, from its definition. */
function naive(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [a = 0, b = a] = [sorted[Math.floor(place)], sorted[Math.floor(place) + 1]];
  const part = place - Math.floor(place);
  if (b - a === Infinity) return a * (1 - part) + b * part;
  return part < 0.5 ? a + (b - a) * part + 0 : b - (b - a) * (1 - part) + 0;
}

describe("order statistics", () => {
  it.each([
    [1, 1],
    [200, 1],
    [200, 40],
    [200, 1000],
    [1, 1000],
  ])("are those of a sort, of few ranks and of many (%d), alone and among others (%d)", (many, fits) => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 120 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: many }),
        (values, picks) => {
          const sorted = values.toSorted((a, b) => a - b);
          const ranks = [...new Set(picks.map((pick) => pick % values.length))];
          const statistics = new OrderStatistics(() => ranks, many, fits);
          for (let pass = 0; pass < statistics.passes; pass++) {
            for (const x of values) statistics.add(x, pass);
            statistics.endPass(pass);
          }
          expect(statistics.count).toBe(values.length);
          for (const rank of ranks) expect(Object.is(statistics.value(rank), sorted[rank])).toBe(true);
        },
      ),
      { seed, numRuns: 40 },
    );
  });

  it("make quantiles between neighbours, never beyond them, whatever the order", () => {
    const shares = [0, 0.01, 0.25, 0.5, 0.6, 0.99, 1];
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const found = quantilesOf(shares, values) ?? [];
        expect(quantilesOf(shares, values.toReversed())).toEqual(found);
        for (const [i, share] of shares.entries()) {
          expect(Object.is(found[i], naive(values, share))).toBe(true);
          expect(Number.isFinite(found[i])).toBe(true);
        }
        expect(found[0]).toBe(Math.min(...values));
        expect(found.at(-1)).toBe(Math.max(...values));
      }),
      { seed, numRuns: 60 },
    );
  });

  it("take no more memory for more values, and not much time", () => {
    const statistics = new OrderStatistics((n) => [0, n >> 1, n - 1], 3, 1);
    const started = performance.now();
    for (let pass = 0; pass < statistics.passes; pass++) {
      for (let i = 0; i < 500_000; i++) statistics.add(((i * 7919) % 500_000) / 3, pass);
      statistics.endPass(pass);
    }
    expect(statistics.value(250_000)).toBe(250_000 / 3);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it.each([
    ["fill(median)", {}, 1, 4],
    ["fill(median)", {}, 100, 6],
    ["quantize", { n: 1000 }, 1, 6],
    ["quantize", { n: 1000 }, 8, 8],
    ["quantize", { n: 1000 }, 60, 16],
  ] as const)(
    "share the memory with the fits beside them: %s%j, %d of them, in %d passes",
    (key, options, fits, passes) => {
      // One stands for all: each counts alike.
      const one = entryOf(key).fit({ kind: "float", options, maxDistinct: 1, fits });
      expect(one.passes).toBe(passes);
      let counters = 0;
      class Counted extends Float64Array {
        constructor(length: number) {
          super(length);
          counters += length;
        }
      }
      for (let pass = 0; pass < one.passes; pass++) {
        for (let i = 0; i < 5_000; i++) one.add(Math.sin(i) * 10 ** (i % 30), pass);
        counters = 0;
        vi.stubGlobal("Float64Array", Counted);
        one.endPass(pass);
        vi.unstubAllGlobals();
        expect(counters > 0).toBe(pass + 1 < one.passes);
        expect(counters * fits).toBeLessThanOrEqual(2 ** 22);
      }
      const values = Array.from({ length: 5_000 }, (_, i) => Math.sin(i) * 10 ** (i % 30));
      expect(one.parameters()).toEqual(fit(entryOf(key), values, options));
    },
  );

  it("have nothing to say of nothing", () => {
    expect(quantilesOf([0.5], [])).toBeUndefined();
  });
});
