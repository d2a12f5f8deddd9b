import { describe, expect, it } from "vitest";
import { aggregates, type Raw, type StateArrays } from "../../../src/dsl/index.ts";

/** What an aggregate makes of values, merged from parts of uneven sizes. */
function result(name: string, kind: "float" | "string", options: { p?: number }, values: readonly Raw[]): number {
  const code = aggregates.get(name)?.code(kind, options);
  if (code === undefined) throw new Error(`no aggregate ${name}`);
  const make = (): StateArrays => {
    const state = {
      numbers: new Float64Array(code.shape.numbers),
      values: new Array<unknown>(code.shape.values).fill(null),
    };
    code.empty(state, 0, 0);
    return state;
  };
  const all = make();
  for (let from = 0, size = 1; from < values.length; from += size, size = size * 2 + 1) {
    const part = make();
    for (const input of values.slice(from, from + size)) code.update(part, 0, 0, { input, t: 0 });
    code.merge(all, 0, 0, part, 0, 0);
  }
  return Number(code.finalize(all, 0, 0));
}

/** Numbers in [0, 1) that are the same on every machine. */
function* uniform(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const distributions: Readonly<Record<string, (u: number, v: number) => number>> = {
  uniform: (u) => u * 1000,
  exponential: (u) => -Math.log(1 - u) * 7,
  normal: (u, v) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v),
  pareto: (u) => (1 - u) ** -2,
  "log-normal over many magnitudes": (u, v) =>
    Math.exp(30 * Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)),
  "far from zero": (u) => 1e12 + u,
};

describe("quantile", () => {
  it.each(Object.entries(distributions))("is off by less than 0.8 % on a distribution that is %s", (_name, draw) => {
    const random = uniform(11);
    const values = Array.from({ length: 5000 }, () => draw(random.next().value, random.next().value));
    const sorted = Float64Array.from(values).sort();
    for (const p of [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1]) {
      const exact = sorted[Math.max(0, Math.ceil(p * values.length) - 1)] ?? 0;
      const found = result("quantile", "float", { p }, values);
      expect(Math.abs(found - exact), String(p)).toBeLessThanOrEqual(Math.abs(exact) / 128);
    }
  });

  it("is exact on whole numbers up to 128", () => {
    const values = Array.from({ length: 257 }, (_, i) => i - 128);
    for (const p of [0, 0.25, 0.5, 0.75, 1]) {
      const exact = values[Math.max(0, Math.ceil(p * values.length) - 1)];
      expect(result("quantile", "float", { p }, values)).toBe(exact);
    }
  });
});

describe("quantile below 2^-1022", () => {
  it.each([2 ** -1023, 3 * 2 ** -1030, 2 ** -1029, 2 ** -1030, Number.MIN_VALUE])("has even steps: %d", (x) => {
    for (const value of [x, -x]) {
      const found = result("quantile", "float", { p: 0.5 }, [value]);
      expect(Math.abs(found - value)).toBeLessThanOrEqual(2 ** -1029);
      expect(Math.abs((found / 2 ** -1028) % 1)).toBe(0);
    }
  });
});

describe("approx_distinct", () => {
  // Bounds of three standard errors would fail once in 370 draws; these draws are always the same.
  it.each([1, 10, 100, 1000, 4000, 10_000, 30_000])("is off by less than three standard errors for %i values", (n) => {
    for (const [kind, make] of [
      ["string", (i: number, round: number) => `customer-${String(round)}-${String(i)}`],
      ["float", (i: number, round: number) => (i + 1) / (round + 1)],
    ] as const) {
      const errors: number[] = [];
      for (let round = 0; round < (n > 5000 ? 2 : 5); round++) {
        // Each value twice: it counts once.
        const values = Array.from({ length: n * 2 }, (_, i) => make(i % n, round));
        errors.push(result("approx_distinct", kind, {}, values) / n - 1);
      }
      for (const error of errors) expect(Math.abs(error)).toBeLessThan(3 * (1.04 / Math.sqrt(4096)));
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      expect(Math.abs(mean)).toBeLessThan(2.5 * (1.04 / Math.sqrt(4096)));
    }
  });
});
