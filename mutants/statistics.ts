import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = "src/featurestore/statistics";
const golden = ["test/featurestore/statistics/golden.test.ts"];
const random = ["test/featurestore/statistics/random.test.ts"];
const cases = ["test/featurestore/statistics/feature-stats.test.ts"];
const page = ["test/featurestore/statistics/page/statistics-page.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "statistics-sides-swapped-in-drift",
    file: `${folder}/drift.ts`,
    find: "this.#distance.add(counted.n, counted.m);",
    replace: "this.#distance.add(counted.m, counted.n);",
    tests: golden,
  },
  {
    name: "statistics-psi-without-missing",
    file: `${folder}/drift.ts`,
    find: "[...this.#binning.bins(), missing]",
    replace: "[...this.#binning.bins()]",
    tests: golden,
  },
  {
    name: "statistics-psi-shares-of-present-rows",
    file: `${folder}/drift.ts`,
    find: "actual: share(inCompared, compared.rows),",
    replace: "actual: share(inCompared, m),",
    tests: golden,
  },
  {
    name: "statistics-psi-one-sided",
    file: `${folder}/drift-formulas.ts`,
    find: "(actual - expected) * Math.log(actual / expected)",
    replace: "actual * Math.log(actual / expected)",
    tests: golden,
  },
  {
    name: "statistics-drift-bin-without-its-upper-edge",
    file: `${folder}/drift-bins.ts`,
    find: "else if (i > 0 && i < quantiles.length - 1) cuts.push({ at, after: true });",
    replace: "else if (i > 0 && i < quantiles.length - 1) cuts.push({ at, after: false });",
    tests: golden,
  },
  {
    name: "statistics-value-of-many-rows-without-its-bin",
    file: `${folder}/drift-bins.ts`,
    find: "cuts.push({ at, after: false }, { at, after: true });",
    replace: "cuts.push({ at, after: true });",
    tests: cases,
  },
  {
    name: "statistics-kolmogorov-of-all-rows",
    file: `${folder}/drift-formulas.ts`,
    find: "Math.sqrt((n * m) / (n + m))",
    replace: "Math.sqrt(n + m)",
    tests: golden,
  },
  {
    name: "statistics-histogram-bin-holds-its-upper-edge",
    file: `${folder}/histogram.ts`,
    find: "value >= (this.#edges[this.#bin + 1] ?? 0)",
    replace: "value > (this.#edges[this.#bin + 1] ?? 0)",
    tests: random,
  },
  {
    name: "statistics-quantile-one-rank-late",
    file: `${folder}/ordered-quantiles.ts`,
    find: "(this.#wanted[this.#next] ?? Infinity) < this.#seen",
    replace: "(this.#wanted[this.#next] ?? Infinity) <= this.#seen",
    tests: golden,
  },
  {
    name: "statistics-top-in-the-order-they-came-last",
    file: `${folder}/top-values.ts`,
    find: "(this.#top[at - 1]?.count ?? 0) < count",
    replace: "(this.#top[at - 1]?.count ?? 0) <= count",
    tests: cases,
  },
  {
    name: "statistics-correlation-over-rows-with-one-of-two",
    file: `${folder}/pearson.ts`,
    find: "if (sums.n === rows) return",
    replace: "if (sums.n >= rows) return",
    tests: golden,
  },
  {
    name: "statistics-correlation-not-scaled",
    file: `${folder}/centred-column.ts`,
    find: "return 2 ** -Math.min(1000,",
    replace: "return 2 ** -0 * Math.min(1,",
    tests: golden,
  },
  {
    name: "statistics-ranks-of-ties-in-the-order-they-come",
    file: `${folder}/spearman.ts`,
    find: "- n + 1)::hugeint as r",
    replace: ")::hugeint as r",
    tests: golden,
  },
  {
    name: "statistics-correlated-with-the-holdout-too",
    file: `${folder}/feature-stats.ts`,
    find: "where side = 0`",
    replace: "where true`",
    tests: golden,
  },
  {
    name: "statistics-chance-counts-as-strength",
    file: `${folder}/associate.ts`,
    find: "ratio?.isSound === true ? ratio.corrected : null",
    replace: "ratio === null ? null : ratio.corrected",
    tests: cases,
  },
  {
    name: "statistics-eta-instead-of-epsilon",
    file: `${folder}/class-association.ts`,
    find: "1 - ((1 - ratio) * (n - 1)) / (n - k)",
    replace: "ratio",
    tests: golden,
  },
  {
    name: "statistics-cramers-v-not-corrected",
    file: `${folder}/class-association.ts`,
    find: "(squares.value() ?? 0) - 1 - ((r - 1) * (k - 1)) / (total - 1)",
    replace: "(squares.value() ?? 0) - 1",
    tests: golden,
  },
  {
    name: "statistics-period-with-its-end",
    file: `${folder}/set-rows.ts`,
    find: "`${moment} < ${String(found.to)}`",
    replace: "`${moment} <= ${String(found.to)}`",
    tests: cases,
  },
  {
    name: "statistics-too-coarse-for-few-rows",
    file: `${folder}/centred-column.ts`,
    find: "return squares < n * 2 ** -63 * 1e12;",
    replace: "return squares < 0 * n;",
    tests: cases,
  },
  {
    name: "statistics-ranks-of-a-label-where-the-feature-is-missing",
    file: `${folder}/spearman.ts`,
    find: "label.present === rows ?",
    replace: "label.present >= rows ?",
    tests: golden,
  },
  {
    name: "statistics-spill-elsewhere",
    file: `${folder}/feature-stats.ts`,
    find: "spillFolder: options.engine?.spillFolder ?? tmpdir()",
    replace: "spillFolder: tmpdir()",
    tests: cases,
  },
  {
    name: "statistics-page-takes-names-for-markup",
    file: `${folder}/page/html.ts`,
    find: "entities[sign] ?? sign",
    replace: "sign",
    tests: page,
  },
  {
    name: "statistics-page-shows-writing-turned",
    file: `${folder}/page/chart-specs.ts`,
    find: "name: visible(name), here,",
    replace: "name, here,",
    tests: page,
  },
];

export default mutants;
