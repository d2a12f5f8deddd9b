import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TypeName, Value } from "../../../src/core/index.ts";
import { featureStats, type FeatureStats } from "../../../src/featurestore/index.ts";
import { writeSet, type WrittenColumn } from "./written-set.ts";

interface Numbers {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly quantiles: readonly number[];
}

interface Golden {
  readonly kinds: Readonly<Record<string, TypeName>>;
  readonly labels: readonly string[];
  readonly train: Readonly<Record<string, readonly Value[]>>;
  readonly holdout: Readonly<Record<string, readonly Value[]>>;
  readonly numbers: Readonly<Record<string, readonly [Numbers | null, Numbers | null]>>;
  readonly histograms: Readonly<Record<string, readonly [readonly number[], readonly number[]]>>;
  readonly drift: Readonly<
    Record<string, { ks: { statistic: number; p: number } | null; variation: number | null; psi: number | null } | null>
  >;
  readonly associations: Readonly<
    Record<
      string,
      Record<
        string,
        {
          rows: number;
          pearson: number | null;
          spearman: number | null;
          eta: readonly [number, number] | null;
          mutual: number | null;
          cramers_v: number | null;
        }
      >
    >
  >;
}

const golden = JSON.parse(
  await readFile(join(import.meta.dirname, "../../golden/statistics/statistics.json"), "utf8"),
) as Golden;

let folder: string;
let stats: FeatureStats;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-golden-stats-"));
  const columns = Object.fromEntries(
    Object.entries(golden.kinds).map(([name, kind]): [string, WrittenColumn] => [
      name,
      {
        type: `${kind}?` as TypeName,
        role: golden.labels.includes(name) ? "label" : "slot",
        train: golden.train[name] ?? [],
        holdout: golden.holdout[name] ?? [],
      },
    ]),
  );
  await writeSet(folder, columns, { rowGroup: 64 });
  stats = await featureStats({ set: folder });
});
afterAll(() => rm(folder, { recursive: true }));

/** The same up to rounding. */
function expectClose(found: number | null | undefined, wanted: number | null, what: string, digits = 1e-11): void {
  if (wanted === null) {
    expect(found, what).toBeNull();
    return;
  }
  expect(found, what).toEqual(expect.any(Number));
  const scale = Math.max(1e-3, Math.abs(wanted));
  expect(Math.abs(Number(found) - wanted) / scale, `${what}: ${String(found)}, ${String(wanted)}`).toBeLessThan(digits);
}

describe("featureStats against numpy, scipy and scikit-learn", () => {
  it.each(Object.keys(golden.numbers))("describes the numbers of %s", (name) => {
    const column = stats.columns.find((one) => one.name === name);
    for (const [side, wanted] of [
      [column, golden.numbers[name]?.[0]],
      [column?.against, golden.numbers[name]?.[1]],
    ] as const) {
      if (wanted === null || wanted === undefined) {
        expect(side?.numbers).toBeNull();
        continue;
      }
      const found = side?.numbers;
      expect([found?.min, found?.max]).toEqual([wanted.min, wanted.max]);
      const scale = Math.max(Math.abs(wanted.min), Math.abs(wanted.max));
      expectClose((found?.mean ?? NaN) / scale, wanted.mean / scale, "mean", 1e-11);
      expectClose((found?.std ?? NaN) / scale, wanted.std / scale, "std", 1e-11);
      expect(found?.quantiles.map(({ value }) => value)).toEqual(wanted.quantiles.map((value) => value + 0));
    }
  });

  it.each(Object.keys(golden.histograms))("counts %s into numpy's bins", (name) => {
    const column = stats.columns.find((one) => one.name === name);
    const [train, holdout] = golden.histograms[name] ?? [];
    expect(column?.numbers?.histogram.counts).toEqual(train);
    expect(column?.against?.numbers?.histogram.counts).toEqual(holdout);
  });

  it.each(Object.keys(golden.drift))("measures the drift of %s", (name) => {
    const drift = stats.columns.find((one) => one.name === name)?.drift;
    const wanted = golden.drift[name];
    if (wanted === null || wanted === undefined) {
      expect(drift?.ks).toBeNull();
      return;
    }
    if (wanted.psi !== null) expectClose(drift?.psi, wanted.psi, "psi");
    expectClose(drift?.ks?.statistic ?? null, wanted.ks?.statistic ?? null, "ks");
    expectClose(drift?.ks?.p ?? null, wanted.ks?.p ?? null, "p", 1e-9);
    expectClose(drift?.totalVariation, wanted.variation, "variation");
  });

  it.each(golden.labels)("holds all features against %s", (label) => {
    for (const [name, wanted] of Object.entries(golden.associations[label] ?? {})) {
      const found = stats.associations.find((one) => one.column === name && one.label === label);
      const what = `${name} against ${label}`;
      expect(found?.rows, what).toBe(wanted.rows);
      expectClose(found?.pearson, wanted.pearson, `pearson of ${what}`);
      expectClose(found?.spearman, wanted.spearman, `spearman of ${what}`);
      expectClose(found?.correlationRatio, wanted.eta?.[0] ?? null, `eta of ${what}`, 1e-9);
      expectClose(found?.mutualInformation, wanted.mutual, `information of ${what}`, 1e-9);
      expectClose(found?.cramersV, wanted.cramers_v, `V of ${what}`, 1e-9);
      if (found?.by === "correlationRatio")
        expectClose(found.strength, wanted.eta?.[1] ?? null, `epsilon of ${what}`, 1e-9);
    }
  });
});
