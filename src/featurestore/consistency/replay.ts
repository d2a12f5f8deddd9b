import { parseTypeName, type Progress, type ValueKind } from "../../core/index.ts";
import {
  columnsOf,
  type ExpressionPlan,
  type Fitted,
  fitsOf,
  fittedFingerprint,
  readIds,
  type SlotPlan,
  type VectorPlan,
} from "../../dsl/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";
import type { AppliedRows } from "../applied/index.ts";
import { slotsSql } from "../offline/expressions-sql.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import { joinTableOf } from "../offline/joins/vector-table.ts";
import { type LogRows, logTable } from "./log-rows.ts";

/** What fitting found for a version of a model; `undefined` where it is not to be had. */
export type FitOf = (modelVersion: string) => Promise<Fitted | undefined>;

/** What is replayed, by what. */
export interface ReplayOptions extends FilePlaces {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly log: LogRows;
  readonly applied: ReadonlyMap<string, AppliedRows> | undefined;
  readonly fitOf: FitOf | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** An output of the vector with both of its values, as SQL over {@link Replay.sql}. */
export interface ReplayedOutput {
  readonly name: string;
  readonly kind: ValueKind;
  readonly logged: string;
  readonly replayed: string;
  /** SQL of the logged status; absent of slots, and where the log has none. */
  readonly status: string | undefined;
  /** The reads that it is made of, with those that their keys are made of. */
  readonly reads: readonly string[];
  /** SQL of whether a row has such an output at all: slots are of predictions. */
  readonly isThere: string;
}

/** Logged requests with what the training path gives for them. */
export interface Replay {
  /** SQL of a relation of one row a request. */
  readonly sql: string;
  readonly features: readonly ReplayedOutput[];
  readonly slots: readonly ReplayedOutput[];
  /** SQL of the replayed value of a read. */
  readonly read: (id: string) => string;
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
  /** Predictions by versions of models of which the fit is gone. */
  readonly unfitted: number;
}

/** The table of the slots that were computed. */
const slotTable = "replayed_slots";

/** Replays requests: the point-in-time join that training sets have, and the generated JavaScript. Leaves tables in the engine. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { engine, vector, log, applied, progress, signal } = options;
  const left = { table: logTable, column: log.column };
  const joined = await joinTableOf({ engine, vector, left, places: options, applied, progress, signal });
  const keyOf = new Map(vector.reads.map(({ id, key }) => [id, key]));
  const readsOf = (...values: readonly ExpressionPlan[]): readonly string[] => [
    ...readIds(values, (id) => keyOf.get(id) ?? []),
  ];
  const lackingOf = (values: readonly ExpressionPlan[]): string | undefined =>
    columnsOf(...values, ...readsOf(...values).flatMap((id) => keyOf.get(id) ?? [])).find((name) => !log.holds(name));
  const leafOf = (id: string, type: SlotPlan["type"]): string => joined.leaf({ node: "stored", name: id, type });
  const notCompared: { readonly name: string; readonly reason: string }[] = [];
  const features = vector.reads.flatMap((read): readonly ReplayedOutput[] => {
    const { id, type } = read;
    const logged = log.logged("raw", id);
    const lacking = lackingOf(read.key);
    if (logged === undefined || lacking !== undefined) {
      const what = lacking === undefined ? `its column "${id}"` : `"${lacking}", which its key is made of`;
      notCompared.push({ name: id, reason: `the log does not hold ${what}` });
      return [];
    }
    return [
      {
        ...{ name: id, kind: parseTypeName(type).kind, logged, replayed: leafOf(id, type), isThere: "true" },
        ...{ status: log.logged("status", id), reads: [id, ...readsOf(...read.key)] },
      },
    ];
  });
  const read = (id: string): string => leafOf(id, vector.reads.find((one) => one.id === id)?.type ?? "float?");
  const slots = await replaySlots(options, joined, { readsOf, lackingOf }, notCompared);
  const from =
    slots.outputs.length === 0 ? joined.sql : `select * from (${joined.sql}) left join ${slotTable} using (row)`;
  return { sql: from, features, slots: slots.outputs, read, notCompared, unfitted: slots.unfitted };
}

/** A fit, and SQL of which rows were answered with it. */
interface FitOfRows {
  readonly fitted: Fitted;
  readonly where: string;
}

/** What expressions are made from. */
interface Dependencies {
  /** The reads, with those that their keys are made of. */
  readonly readsOf: (...values: readonly ExpressionPlan[]) => readonly string[];
  /** The first key column or input that the log does not hold. */
  readonly lackingOf: (values: readonly ExpressionPlan[]) => string | undefined;
}

async function replaySlots(
  options: ReplayOptions,
  joined: Awaited<ReturnType<typeof joinTableOf>>,
  { readsOf, lackingOf }: Dependencies,
  notCompared: { readonly name: string; readonly reason: string }[],
): Promise<{ readonly outputs: readonly ReplayedOutput[]; readonly unfitted: number }> {
  const { engine, vector, log, signal } = options;
  const wanted = vector.slots.filter((slot) => {
    const lacking = lackingOf([slot.value]);
    const reason =
      log.logged("slot", slot.name) === undefined
        ? `the log does not hold the slot "${slot.name}"`
        : lacking === undefined
          ? undefined
          : `the log does not hold "${lacking}", which it is computed from`;
    if (reason !== undefined) notCompared.push({ name: slot.name, reason });
    return reason === undefined;
  });
  if (wanted.length === 0) return { outputs: [], unfitted: 0 };
  const { fits, unfitted, compared } = await fitsOfRows(options, wanted);
  for (const slot of wanted.filter((one) => !compared.includes(one)))
    notCompared.push({ name: slot.name, reason: "no row that is compared says by which model it was fitted" });
  if (compared.length === 0) return { outputs: [], unfitted };
  if (fits.length === 0) {
    for (const { name } of compared)
      notCompared.push({ name, reason: "no row is of a prediction by a model that is there" });
    return { outputs: [], unfitted };
  }
  for (const [i, { fitted, where }] of fits.entries()) {
    const { call, slot } = slotsSql(engine, compared, fitted, joined.leaf);
    const selected = compared.map((_, at) => `${slot(at)} as slot${String(at)}`);
    const rows = `select row, ${selected.join(", ")} from (select *, ${call} as js from (${joined.sql}) where ${where})`;
    const how = i === 0 ? `create or replace temp table ${slotTable} as` : `insert into ${slotTable}`;
    await engine.run(`${how} select *, true as is_replayed from (${rows})`, "computing slots", signal);
  }
  const outputs = compared.map((slot, at): ReplayedOutput => ({
    name: slot.name,
    kind: parseTypeName(slot.type).kind,
    logged: log.logged("slot", slot.name) ?? "null",
    replayed: `slot${String(at)}`,
    status: undefined,
    reads: readsOf(slot.value),
    isThere: "coalesce(is_replayed, false)",
  }));
  return { outputs, unfitted };
}

/** Which rows were answered with which fit: of predictions that of their model, of rows that do not say it none. */
async function fitsOfRows(
  { engine, log, fitOf, signal }: ReplayOptions,
  slots: readonly SlotPlan[],
): Promise<{ readonly fits: readonly FitOfRows[]; readonly unfitted: number; readonly compared: readonly SlotPlan[] }> {
  const version = log.logged("about", "model_version");
  const plain = slots.filter(({ value }) => fitsOf([value]).length === 0);
  if (version === undefined) return { fits: [{ fitted: {}, where: "true" }], unfitted: 0, compared: plain };
  const versions = await engine.rows(
    `select ${version} as version, count(*)::double as n from ${logTable} where ${version} is not null group by all order by all`,
    "looking at the models of the log",
    signal,
  );
  // Models of one training share their fit.
  const byFit = new Map<string, { readonly fitted: Fitted; readonly versions: string[] }>();
  let unfitted = 0;
  for (const { version: id, n } of versions) {
    const fitted = await fitOf?.(String(id));
    if (fitted === undefined) {
      unfitted += Number(n);
      continue;
    }
    const key = fittedFingerprint(fitted);
    const same = byFit.get(key) ?? { fitted, versions: [] };
    same.versions.push(String(id));
    byFit.set(key, same);
  }
  const fits = [...byFit.values()].map(({ fitted, versions: ids }): FitOfRows => ({
    fitted,
    where: `${version} in (${ids.map(sqlText).join(", ")})`,
  }));
  return { fits, unfitted, compared: slots };
}
