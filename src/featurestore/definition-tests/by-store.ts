import { type Micros, parseTypeName, TondoError, type Value } from "../../core/index.ts";
import {
  fromRaw,
  type ProjectPlan,
  type TestFeaturePlan,
  type UserFunction,
  type VectorPlan,
} from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { materialize } from "../materialize/index.ts";
import { createFeatureReader, type EntityKeys, type FeatureReader, type OnlineStore } from "../online/index.ts";
import type { Asked, PathAnswers } from "./asked.ts";
import { evaluate } from "./evaluate.ts";

/** What the online path needs beside what is asked. */
export interface StoreOptions {
  readonly engine: Engine;
  readonly functions: readonly UserFunction[];
  readonly project: ProjectPlan;
  readonly vector: VectorPlan;
  readonly folder: string;
  readonly home: string;
  readonly store: OnlineStore;
  readonly signal: AbortSignal | undefined;
}

/**
 * What is served: the groups are loaded as of each moment, then read as a vector's requests read them, and by the features' names. What looks
 * forward is not asked.
 */
export async function answersByStore(asked: Asked, options: StoreOptions): Promise<readonly PathAnswers[]> {
  const { test, moments, outputs } = asked;
  const { project, vector, store } = options;
  const served = outputs.flatMap((output, place) => (output.forward ? [] : [{ ...output, place }]));
  const groups = [...new Set(vector.reads.map(({ entity, group }) => `${entity}:${group}`))];
  if (groups.length === 0) return [];
  const reader = createFeatureReader({ project, store, functions: options.functions });
  const prepared = reader.prepare(vector);
  const byVector: (Value | undefined)[][] = [];
  const byName: (Value | undefined)[][] = [];
  for (const at of moments) {
    await load(options, groups, at);
    const { values } = await prepared.read({ columns: test.keys }, at);
    const leaves = (leaf: string): Value => {
      if (leaf === "now") return at;
      const place = vector.reads.findIndex(({ id }) => `stored:${id}` === leaf);
      const read = vector.reads[place];
      if (read === undefined) throw new TondoError("INTERNAL", `a test reads ${leaf}`);
      return fromRaw(values[place] ?? null, parseTypeName(read.type).kind);
    };
    const [computed = []] = evaluate(served, [leaves], "generated", options.engine.functions);
    const row = outputs.map((): Value | undefined => undefined);
    for (const [i, { place }] of served.entries()) row[place] = computed[i] ?? null;
    byVector.push(row);
    byName.push(await Promise.all(test.features.map((feature) => featureByName(reader, project, feature, at))));
  }
  return [
    { path: "online", values: byVector },
    { path: "online by name", values: byName },
  ];
}

async function load(options: StoreOptions, groups: readonly string[], at: Micros): Promise<void> {
  const { engine, project, folder, home, store, signal } = options;
  await materialize({
    project,
    folder,
    home,
    store,
    engine,
    groups,
    asOf: BigInt(at),
    clock: () => at,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function featureByName(
  reader: FeatureReader,
  project: ProjectPlan,
  { name, entity, key, forward }: TestFeaturePlan,
  at: Micros,
): Promise<Value | undefined> {
  if (forward) return undefined;
  const columns = project.entities.find((plan) => plan.name === entity)?.key ?? [];
  const parts = Object.fromEntries(columns.map((column, i) => [column.name, key[i] ?? null]));
  const keys: EntityKeys = { [entity]: parts };
  const { values } = await reader.get([name], keys, { at: BigInt(at) });
  return values[name]?.value;
}
