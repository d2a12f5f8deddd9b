import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linearTrainer, logisticTrainer, open, type Progress } from "../../src/index.ts";
import type { TrainAndRegisterResult } from "../../src/training/index.ts";
import { type Baselines, baselinesOf } from "./baselines.ts";
import type { Consistency } from "./compare-vectors.ts";
import { checkConsistency, type CheckedRequests } from "./consistency.ts";
import { type LastDay, playLastDay } from "./last-day.ts";
import { examplePredictions, type ShownPrediction } from "./predictions.ts";
import { prepareFlights } from "./prepare.ts";
import { lastDayFrom } from "./prepare-sql.ts";
import type { TondoProject } from "./tondo.d.ts";

/** What is trained and judged on: the first twenty days of June 2001, and the rest but the last day. */
const specification = fileURLToPath(new URL("flight_delay.training-set.json", import.meta.url));

/** The moment as of which features are loaded for serving: behind it flights come as events. */
export const servedAt: string = lastDayFrom;

/** Chosen so that some seventy cities have a model of their own. */
export const minRows = 800;

/** Levels of the hierarchy below the global one, with the columns that hold them. */
export const levels = [
  { level: "country", column: "origin_country" },
  { level: "state", column: "origin_state" },
  { level: "city", column: "origin_city" },
] as const;

const models = [
  { model: "flight_delay", label: "delay", trainer: linearTrainer, description: "Delay of a departure, minutes." },
  {
    model: "flight_late",
    label: "late",
    trainer: logisticTrainer,
    description: "Probability of more than 15 minutes.",
  },
] as const;

/** What one model of the example came to. */
export interface ModelSummary {
  readonly model: string;
  readonly byLevel: Readonly<Record<string, number>>;
  readonly tooFewRows: number;
  readonly newVersions: number;
  readonly holdout: Readonly<Record<string, number | null>>;
  readonly baselines: Baselines;
}

/** All that the example shows. */
export interface Summary {
  readonly flights: {
    readonly read: number;
    readonly dropped: number;
    readonly kept: number;
    /** Of those kept: they come as events. */
    readonly lastDay: number;
    readonly airports: number;
  };
  readonly definitions: Readonly<Record<string, number>>;
  readonly trainingSet: {
    readonly rows: number;
    readonly counts: Readonly<Record<string, number>>;
    readonly slots: number;
    readonly made: boolean;
    readonly joins: readonly string[];
  };
  readonly models: readonly ModelSummary[];
  readonly materialized: readonly { readonly group: string; readonly keys: number; readonly status: string }[];
  readonly predictions: readonly ShownPrediction[];
  readonly consistency: Consistency;
  readonly requests: CheckedRequests;
  readonly lastDay: LastDay;
  readonly seconds: Readonly<Record<string, number>>;
  readonly peakMemoryMb: number;
}

/** The main job, from files to checked predictions, and on to a day of events. */
export async function runFlights(options: {
  readonly folder: string;
  readonly progress: Progress;
  readonly dump?: string | undefined;
  readonly signal?: AbortSignal;
}): Promise<Summary> {
  const { folder, progress, dump, signal } = options;
  const seconds: Record<string, number> = {};
  const timed = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    seconds[stage] = Math.round((performance.now() - started) / 100) / 10;
    return result;
  };
  const watched = { progress, ...(signal === undefined ? {} : { signal }) };

  const prepared = await timed("prepare", () => prepareFlights({ folder: join(folder, "data"), ...watched }));
  await using tondo = await open<TondoProject>({ folder });
  const changes = await timed("apply", () => tondo.apply({ replace: true }));
  const set = await timed("training set", () => tondo.trainingSet({ spec: specification, ...watched }));
  const trained: TrainAndRegisterResult[] = [];
  await timed("train and register", async () => {
    for (const { model, label, trainer, description } of models) {
      trained.push(
        await tondo.train({
          set,
          model,
          label,
          trainer,
          description,
          owner: "flights",
          levels,
          minRows,
          tag: "champion",
          reason: "npm start",
          ...watched,
        }),
      );
    }
  });
  const baselines = await timed("baselines", () => baselinesOf(set, "origin", { number: "delay", truth: "late" }));
  const loaded = await timed("materialize", () => tondo.materialize({ asOf: servedAt, ...watched }));
  const predictions = await timed("predict", () => examplePredictions(tondo, prepared, servedAt));
  const { consistency, requests } = await timed("check consistency", () =>
    checkConsistency({ tondo, set, prepared, at: servedAt, dump, ...watched }),
  );
  const lastDay = await timed("last day", () => playLastDay({ tondo, set, prepared, dump, ...watched }));
  return {
    flights: {
      read: prepared.counts.read,
      dropped: prepared.counts.dropped,
      kept: prepared.counts.flights,
      lastDay: prepared.counts.lastDay,
      airports: prepared.counts.airports,
    },
    definitions: countBy(changes, ({ change }) => change),
    trainingSet: {
      rows: set.manifest.rows,
      counts: set.manifest.counts,
      slots: set.manifest.columns.filter(({ role }) => role === "slot").length,
      made: set.made,
      joins: set.manifest.joins.map(({ group, join: by, reason }) => `${group} by ${by}: ${reason}`),
    },
    models: trained.map((result, i) => summaryOf(result, i === 0 ? baselines.number : baselines.truth)),
    materialized: loaded.groups.map(({ group, keys, status }) => ({ group, keys, status })),
    predictions,
    consistency,
    requests,
    lastDay,
    seconds,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function summaryOf(result: TrainAndRegisterResult, baselines: Baselines): ModelSummary {
  const trainedNodes = result.nodes.filter(({ state }) => state === "trained");
  const metrics = result.resolved.holdout?.metrics ?? {};
  return {
    model: result.model,
    byLevel: countBy(trainedNodes, ({ level }) => level),
    tooFewRows: result.nodes.length - trainedNodes.length,
    newVersions: result.versions.filter(({ created }) => created).length,
    holdout: Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value])),
    baselines,
  };
}

function countBy<T>(items: readonly T[], of: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[of(item)] = (counts[of(item)] ?? 0) + 1;
  return counts;
}
