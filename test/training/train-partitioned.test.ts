import { describe, expect, it } from "vitest";
import { canonicalJson, TondoError } from "../../src/core/index.ts";
import { evaluateRegression } from "../../src/registry/evaluation/index.ts";
import { loadRuntime, type WeightedModel } from "../../src/runtimes/index.ts";
import {
  type Columns,
  columnsOf,
  gatherColumns,
  linearTrainer,
  logisticTrainer,
  type PartitionedRows,
  type PartitionResult,
  trainModel,
  trainPartitioned,
  type TrainPartitionedOptions,
  type Trainer,
} from "../../src/training/index.ts";
import { flightsLike } from "./fixtures/flights-like.ts";

const levels = ["country", "state", "city"];
const slots = ["x0", "x1", "x2", "x3"];
const meanTrainer: Trainer = {
  name: "mean",
  version: "1",
  async train({ train, label }) {
    const labels = train.column(label);
    const intercept = labels.reduce((a, b) => a + b, 0) / labels.length;
    return Promise.resolve({ model: { kind: "linear", version: 1, slots: [], weights: [], intercept } });
  },
};

function options(trainer: Trainer, label: string, seed: number): TrainPartitionedOptions {
  const train = flightsLike(3000, 4, 40, seed);
  return { trainer, train, holdout: flightsLike(800, 4, 44, seed + 1), levels, minRows: 60, slots, label };
}

/** The rows of a node, looked for one by one. */
function rowsOf(rows: PartitionedRows, path: readonly string[]): Uint32Array {
  const all = [...Array(rows.columns.rows).keys()];
  return Uint32Array.from(all.filter((i) => path.every((value, level) => rows.levels[level]?.[i] === value)));
}

function tableOf(rows: PartitionedRows, path: readonly string[]): Columns {
  return gatherColumns(rows.columns, rows.columns.names, rowsOf(rows, path));
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TondoError) return error.code;
  throw new Error("a TondoError was expected", { cause: error });
}

describe.each([
  [linearTrainer, "delay"],
  [logisticTrainer, "late"],
  [meanTrainer, "delay"],
])("partitioned training of $name", (trainer, label) => {
  it("gives each node the model and metrics of its own rows", async () => {
    const given = options(trainer, label, 7);
    const { nodes } = await trainPartitioned(given);
    const paths = new Set<string>(["[]"]);
    for (const { columns, levels: values } of [given.train, given.holdout]) {
      for (let i = 0; i < columns.rows; i++) {
        const path: string[] = [];
        for (const level of values) {
          const value = level[i] ?? null;
          if (value === null) break;
          path.push(value);
          paths.add(JSON.stringify(path));
        }
      }
    }
    expect(nodes.map(({ path }) => JSON.stringify(path)).sort()).toStrictEqual([...paths].sort());
    expect(new Set(nodes.map(({ state }) => state))).toStrictEqual(new Set(["trained", "too_few_rows"]));
    for (const node of nodes) {
      const train = tableOf(given.train, node.path);
      const holdout = tableOf(given.holdout, node.path);
      expect([node.rows, node.holdoutRows]).toStrictEqual([train.rows, holdout.rows]);
      expect(node.level).toBe(["global", ...levels][node.path.length]);
      expect(node.state).toBe(train.rows >= 60 ? "trained" : "too_few_rows");
      if (node.state !== "trained") continue;
      const single = await trainModel({ trainer, train, holdout, slots, label, parameters: {}, seed: 0 });
      const ours = node.trained.model as unknown as WeightedModel;
      const theirs = single.trained.model as unknown as WeightedModel;
      theirs.weights.forEach((weight, j) => expect(ours.weights[j]).toBeCloseTo(weight, 9));
      expect(ours.intercept).toBeCloseTo(theirs.intercept, 9);
      for (const [name, { value }] of Object.entries(single.holdout.metrics)) {
        if (value === null) expect(node.holdout.metrics[name]?.value).toBeNull();
        else expect(node.holdout.metrics[name]?.value).toBeCloseTo(value, 9);
      }
    }
  });

  it("gives the same bytes for the same input", async () => {
    const models = async (): Promise<string[]> => {
      const { nodes } = await trainPartitioned(options(trainer, label, 8));
      return nodes.map((node) => (node.state === "trained" ? canonicalJson(node.trained.model) : node.state));
    };
    expect(await models()).toStrictEqual(await models());
  });
});

describe("partitioned training", () => {
  it("answers each holdout row by its most specific model, and says what the one above would answer", async () => {
    const given = options(linearTrainer, "delay", 9);
    const { nodes, resolved } = await trainPartitioned(given);
    const byPath = new Map(nodes.map((node) => [JSON.stringify(node.path), node]));
    const trainedAbove = (path: readonly string[]): PartitionResult | undefined => {
      for (let depth = path.length; depth >= 0; depth--) {
        const node = byPath.get(JSON.stringify(path.slice(0, depth)));
        if (node?.state === "trained") return node;
      }
      return undefined;
    };
    const score = (node: PartitionResult | undefined, i: number): number => {
      if (node?.state !== "trained") return NaN;
      return loadRuntime(node.trained.model).score(slots.map((s) => given.holdout.columns.column(s)[i] ?? NaN)) ?? NaN;
    };
    const counts: Record<string, number> = {};
    for (let i = 0; i < given.holdout.columns.rows; i++) {
      const values = given.holdout.levels.map((level) => level[i] ?? null);
      const end = values.indexOf(null);
      const node = trainedAbove(values.slice(0, end < 0 ? values.length : end) as string[]);
      counts[node?.level ?? ""] = (counts[node?.level ?? ""] ?? 0) + 1;
      expect(Object.is(resolved.scores[i], score(node, i))).toBe(true);
    }
    expect(resolved.rowsByLevel).toStrictEqual(counts);
    const { rmse } = evaluateRegression(given.holdout.columns.column("delay"), resolved.scores);
    expect(resolved.holdout?.metrics["rmse"]).toStrictEqual(rmse);
    expect(nodes[0]?.fallback).toBeNull();
    for (const node of nodes.slice(1)) {
      const above = trainedAbove(node.path.slice(0, -1));
      const rows = rowsOf(given.holdout, node.path);
      const labels = Float64Array.from(rows, (i) => given.holdout.columns.column("delay")[i] ?? NaN);
      const expected = evaluateRegression(
        labels,
        Float64Array.from(rows, (i) => score(above, i)),
      );
      expect([node.fallback?.path, node.fallback?.holdout.metrics]).toStrictEqual([above?.path, expected]);
    }
  });

  it("trains a node that has exactly as many rows as it takes, and none that has one less", async () => {
    const given = options(meanTrainer, "delay", 12);
    const { nodes } = await trainPartitioned(given);
    const city = nodes.find(({ path, rows }) => path.length === 3 && rows >= 5);
    if (city === undefined) throw new Error("no city has five rows");
    const stateWith = async (minRows: number): Promise<string | undefined> =>
      (await trainPartitioned({ ...given, minRows })).nodes.find(({ path }) => path.join() === city.path.join())?.state;
    expect(await stateWith(city.rows)).toBe("trained");
    expect(await stateWith(city.rows + 1)).toBe("too_few_rows");
  });

  it("records nodes without a model, even all of them", async () => {
    const { nodes, resolved } = await trainPartitioned({ ...options(linearTrainer, "delay", 3), minRows: 10_000 });
    expect(nodes.every(({ state, fallback }) => state === "too_few_rows" && fallback === null)).toBe(true);
    expect([resolved.holdout, resolved.rowsByLevel]).toStrictEqual([null, {}]);
    expect(resolved.scores.every(Number.isNaN)).toBe(true);
  });

  it("learns nothing from the holdout rows", async () => {
    const given = options(linearTrainer, "delay", 4);
    const other = { ...given, holdout: flightsLike(50, 4, 44, 99) };
    const models = async (from: TrainPartitionedOptions): Promise<string> => {
      const trained = (await trainPartitioned(from)).nodes.filter(({ state }) => state === "trained");
      return canonicalJson(trained.map((node) => (node.state === "trained" ? node.trained.model : null)));
    };
    expect(await models(other)).toBe(await models(given));
  });

  it("refuses rows that lack a value, unless told to drop and count them", async () => {
    const given = options(linearTrainer, "delay", 5);
    const x1 = given.train.columns.column("x1").with(3, NaN).with(8, NaN);
    const names = given.train.columns.names;
    const columns = columnsOf(
      Object.fromEntries(names.map((name) => [name, name === "x1" ? x1 : given.train.columns.column(name)])),
    );
    const holed = { ...given, train: { ...given.train, columns } };
    const refused = trainPartitioned(holed);
    await expect(refused).rejects.toThrow(/of 3000 train rows some have no value for x1 \(2\)/);
    expect(await failure(refused)).toBe("TRAINING_ROWS_INCOMPLETE");
    const { nodes, dropped } = await trainPartitioned({ ...holed, missing: "drop" });
    expect([dropped, nodes[0]?.rows]).toStrictEqual([{ train: 2, holdout: 0 }, 2998]);
    expect(await failure(trainPartitioned({ ...holed, missing: "keep" }))).toBe("TRAINING_ROWS_INCOMPLETE");
    const kept = await trainPartitioned({ ...holed, trainer: meanTrainer, missing: "keep" });
    expect(kept.nodes[0]?.rows).toBe(3000);
  });

  it("refuses a malformed hierarchy", async () => {
    const given = options(meanTrainer, "delay", 6);
    const { columns } = given.train;
    const refused = async (changes: Partial<TrainPartitionedOptions>): Promise<string> =>
      failure(trainPartitioned({ ...given, ...changes }));
    expect(await refused({ levels: ["country", "state", "state"] })).toBe("PARTITION_INVALID");
    expect(await refused({ levels: ["global", "state", "city"] })).toBe("PARTITION_INVALID");
    expect(await refused({ levels: ["country"] })).toBe("PARTITION_INVALID");
    expect(await refused({ train: { columns, levels: given.holdout.levels } })).toBe("PARTITION_INVALID");
    const empty = Array.from({ length: columns.rows }, () => "");
    expect(await refused({ train: { columns, levels: [empty, empty, empty] } })).toBe("PARTITION_INVALID");
    expect(await refused({ maxNodes: 10 })).toBe("LIMIT_EXCEEDED");
    expect(await refused({ minRows: 0 })).toBe("INVALID_ARGUMENT");
    expect(await refused({ slots: [...slots, "delay"] })).toBe("INVALID_ARGUMENT");
    expect(await refused({ slots: ["x9"] })).toBe("ROWS_INVALID");
  });

  it("stops when the caller gives the signal", async () => {
    for (const trainer of [linearTrainer, logisticTrainer, meanTrainer]) {
      const controller = new AbortController();
      const label = trainer === logisticTrainer ? "late" : "delay";
      let models = 0;
      const progress = {
        start: () => undefined,
        finish: () => undefined,
        update: (done: number) => {
          models = done;
          controller.abort();
        },
      };
      const work = trainPartitioned({ ...options(trainer, label, 2), signal: controller.signal, progress });
      expect([await failure(work), models]).toStrictEqual(["ABORTED", 1]);
    }
  });

  it("has a coded error for whatever a trainer does", async () => {
    const train = (from: Partial<Trainer>): Promise<string> =>
      failure(trainPartitioned({ ...options({ ...meanTrainer, ...from }, "delay", 1) }));
    const model = { kind: "linear", version: 1, slots: [], weights: [], intercept: 1 };
    expect(await train({ train: () => Promise.reject(new Error("out of ideas")) })).toBe("TRAINER_FAILED");
    expect(await train({ train: () => Promise.resolve({ model: { ...model, kind: "oak" } }) })).toBe("TRAINER_FAILED");
    const strange = { ...model, slots: ["y"], weights: [1] };
    expect(await train({ train: () => Promise.resolve({ model: strange }) })).toBe("TRAINER_FAILED");
    for (const models of [1, 1000]) {
      const trainNodes: Trainer["trainNodes"] = async function* () {
        for (let i = 0; i < models; i++) yield Promise.resolve({ model });
      };
      expect(await train({ trainNodes })).toBe("TRAINER_FAILED");
    }
  });
});
