import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { featureStats, type FeatureStats } from "../../../src/featurestore/index.ts";
import {
  naiveEta,
  naiveInformation,
  naiveKs,
  naivePearson,
  naiveQuantile,
  naiveSpearman,
  naiveVariation,
  pairsOf,
} from "./naive-statistics.ts";
import { writeSet } from "./written-set.ts";

const float = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, 1, -1, 2.5, 1e6, 0.001),
  // As far apart as the naive sums can bear.
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Math.round(x * 1000) / 1000 + 0),
);
const int = fc.oneof(fc.constant(null), fc.integer({ min: -5, max: 5 }));
const text = fc.constantFrom(null, "", "a", "b", "ab", "\uFEFFa", "\u{10000}", "\uFFFD", "it's");
const bool = fc.constantFrom(null, true, false);
const row = fc.record({ x: float, i: int, s: text, b: bool, y: float, late: bool, grade: text });
const part = fc.array(row, { minLength: 1, maxLength: 60 });
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

const types = {
  x: "float?",
  i: "int?",
  s: "string?",
  b: "bool?",
  y: "float?",
  late: "bool?",
  grade: "string?",
} as const;
const labels = ["y", "late", "grade"] as const;

async function statsOf(train: readonly Row[], holdout: readonly Row[], threads = 2): Promise<FeatureStats> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-random-stats-"));
  try {
    const names = Object.keys(types) as (keyof Row)[];
    const columns = names.map((name) => [
      name,
      {
        type: types[name],
        role: labels.some((label) => label === name) ? ("label" as const) : ("slot" as const),
        train: train.map((one) => one[name]),
        holdout: holdout.map((one) => one[name]),
      },
    ]);
    await writeSet(folder, Object.fromEntries(columns) as never, { rowGroup: 2048 });
    const stats = await featureStats({ set: folder, engine: { threads } });
    // Folder and digest say which files these were.
    const anywhere = { folder: "", inputsDigest: "", first: null, last: null };
    return {
      ...stats,
      subject: { ...stats.subject, ...anywhere },
      against: stats.against === null ? null : { ...stats.against, ...anywhere },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function expectNear(found: number | null | undefined, wanted: number | null, what: string): void {
  if (wanted === null || Number.isNaN(wanted)) expect(found, what).toBeNull();
  else expect(Math.abs((found ?? NaN) - wanted), `${what}: ${String(found)}, ${String(wanted)}`).toBeLessThan(1e-7);
}

const numberOf = (value: Row[keyof Row]): number | null => (value === null ? null : Number(value));
const cellOf = (value: Row[keyof Row]): number | string | null => (typeof value === "boolean" ? Number(value) : value);

describe("featureStats on random rows", () => {
  it("equals a naive reading", async () => {
    await fc.assert(
      fc.asyncProperty(part, part, async (train, holdout) => {
        const stats = await statsOf(train, holdout);
        for (const column of stats.columns) {
          const name = column.name as keyof Row;
          const [own, other] = [train, holdout].map((rows) =>
            rows.map((one) => cellOf(one[name])).filter((value) => value !== null),
          ) as [(number | string)[], (number | string)[]];
          expect([column.present, column.against?.present]).toEqual([own.length, other.length]);
          expect(column.distinct).toBe(new Set(own).size);
          expect(column.top.reduce((n, { count }) => n + count, 0)).toBeLessThanOrEqual(own.length);
          for (const { value, count } of column.top)
            expect(count).toBe(own.filter((x) => x === cellOf(value as never)).length);
          if (column.measure === null || name === "b" || name === "late") {
            expectNear(
              column.drift?.totalVariation,
              own.length && other.length ? naiveVariation(own, other) : null,
              name,
            );
          }
          const shares = column.drift?.bins ?? [];
          expectNear(
            shares.reduce((total, { expected }) => total + expected, 0),
            1,
            "expected shares",
          );
          expectNear(
            shares.reduce((total, { actual }) => total + actual, 0),
            1,
            "actual shares",
          );
          if (column.measure === null) continue;
          const numbers = own.map(Number);
          const histogram = column.numbers?.histogram;
          for (const { share, value } of column.numbers?.quantiles ?? [])
            expect(Math.abs(value - naiveQuantile(numbers, share))).toBeLessThan(1e-6);
          for (const [bin, count] of (histogram?.counts ?? []).entries()) {
            const [from = 0, to = 0] = histogram?.edges.slice(bin, bin + 2) ?? [];
            const isLast = bin === (histogram?.counts.length ?? 0) - 1;
            expect(count).toBe(numbers.filter((x) => x >= from && (x < to || (isLast && x === to))).length);
          }
          if (name !== "b" && name !== "late")
            expectNear(
              column.drift?.ks?.statistic ?? null,
              own.length && other.length ? naiveKs(numbers, other.map(Number)) : null,
              "ks",
            );
        }
        for (const found of stats.associations) {
          const [xs, ys] = [found.column, found.label].map((name) => train.map((one) => one[name as keyof Row]));
          const what = `${found.column} against ${found.label}`;
          const both = pairsOf((xs ?? []).map(cellOf), (ys ?? []).map(cellOf));
          expect(found.rows, what).toBe(both.length);
          const numbers = pairsOf((xs ?? []).map(numberOf), (ys ?? []).map(numberOf));
          const isText = { x: found.column === "s", y: found.label === "grade" };
          expectNear(found.pearson, isText.x || isText.y ? null : naivePearson(numbers), `pearson of ${what}`);
          expectNear(found.spearman, isText.x || isText.y ? null : naiveSpearman(numbers), `spearman of ${what}`);
          const isClass = found.column !== "x";
          const information = isClass && found.label !== "y" && both.length > 0 ? naiveInformation(both) : null;
          expectNear(found.mutualInformation, information, `information of ${what}`);
          const eta =
            isClass && found.column !== "b" && !isText.y
              ? naiveEta(pairsOf((xs ?? []).map(cellOf), (ys ?? []).map(numberOf)))
              : !isText.x && isText.y
                ? naiveEta(pairsOf((ys ?? []).map(cellOf), (xs ?? []).map(numberOf)))
                : null;
          expectNear(found.correlationRatio, eta, `eta of ${what}`);
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it("is the same to the bit in another order and on other threads", async () => {
    const [train = [], holdout = []] = fc.sample(fc.array(row, { minLength: 9000, maxLength: 9000, size: "max" }), {
      numRuns: 2,
      seed: 20261122,
    });
    const one = await statsOf(train, holdout, 1);
    const other = await statsOf(
      train.toReversed(),
      holdout.toSorted((a, b) => Number(a.x) - Number(b.x)),
      4,
    );
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  }, 60_000);
});
