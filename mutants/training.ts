import type { Mutant } from "../scripts/mutants/mutant.ts";

const partitioned = ["test/training/train-partitioned.test.ts"];
const golden = ["test/training/golden.test.ts"];
const metrics = ["test/registry/evaluation/golden.test.ts", "test/registry/evaluation/evaluation.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "holdout-rows-trained-on",
    file: "src/training/train-partitioned.ts",
    find: "train: sliceColumns(train, start, end),",
    replace: "train: sliceColumns(holdout, holdoutStart, holdoutEnd),",
    tests: partitioned,
  },
  {
    name: "judged-on-rows-trained-on",
    file: "src/training/train-partitioned.ts",
    find: "scoreRows(runtime, sliceColumns(holdout, holdoutStart, holdoutEnd))",
    replace: "scoreRows(runtime, sliceColumns(train, holdoutStart, holdoutEnd))",
    tests: partitioned,
  },
  {
    name: "one-row-more-than-min-rows",
    file: "src/training/train-partitioned.ts",
    find: "node.end - node.start >= options.minRows",
    replace: "node.end - node.start > options.minRows",
    tests: partitioned,
  },
  {
    name: "fallback-is-itself",
    file: "src/training/judge-partitions.ts",
    find: "nearestModel(nodes, models, node.parent)",
    replace: "nearestModel(nodes, models, i)",
    tests: partitioned,
  },
  {
    name: "row-lost-to-its-node",
    file: "src/training/partition-tree.ts",
    find: "if (value === null) break;",
    replace: "if (value === null) continue;",
    tests: partitioned,
  },
  {
    name: "intercept-penalised",
    file: "src/training/logistic-objective.ts",
    find: "if (i === used) break;",
    replace: "",
    tests: golden,
  },
  {
    name: "sample-deviation",
    file: "src/training/linear-regression.ts",
    find: "Math.sqrt(product(j, j) / moments.rows)",
    replace: "Math.sqrt(product(j, j) / (moments.rows - 1))",
    tests: golden,
  },
  {
    name: "auc-ties-lost",
    file: "src/registry/evaluation/roc-auc.ts",
    find: "twice += below + upTo;",
    replace: "twice += 2 * below;",
    tests: metrics,
  },
  {
    name: "auc-ties-won",
    file: "src/registry/evaluation/roc-auc.ts",
    find: "(below + (negatives.value() - below) / 2)",
    replace: "negatives.value()",
    tests: metrics,
  },
  {
    name: "log-loss-clipped-elsewhere",
    file: "src/registry/evaluation/binary.ts",
    find: "const clip = Number.EPSILON;",
    replace: "const clip = 1e-15;",
    tests: metrics,
  },
  {
    name: "half-taken-for-one",
    file: "src/registry/evaluation/binary.ts",
    find: "(score > 0.5 ? 1 : 0)",
    replace: "(score >= 0.5 ? 1 : 0)",
    tests: metrics,
  },
  {
    name: "missing-slot-scored-as-zero",
    file: "src/runtimes/weighted-runtime.ts",
    find: "sum += (weights[i] ?? NaN) * (values[i] ?? NaN);",
    replace: "sum += (weights[i] ?? NaN) * (values[i] || 0);",
    tests: ["test/runtimes/runtimes.test.ts"],
  },
  {
    name: "infinite-score",
    file: "src/runtimes/weighted-runtime.ts",
    find: "Number.isFinite(sum) ? link(sum) : NaN",
    replace: "link(sum)",
    tests: ["test/runtimes/runtimes.test.ts"],
  },
  {
    name: "golden-rows-not-replayed",
    file: "src/serving/model-package.ts",
    find: "replay(digest, loaded, read(packageFiles.golden));",
    replace: "",
    tests: ["test/serving/predictor.test.ts"],
  },
];

export default mutants;
