import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Micros, parseTypeName } from "../../../src/core/index.ts";
import { fromRaw } from "../../../src/dsl/index.ts";
import { appliedRows, type AppliedRows } from "../../../src/featurestore/applied/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import type { JoinPlan } from "../../../src/featurestore/offline/joins/join-plan.ts";
import { digestSource } from "../../../src/featurestore/offline/sources/source-digests.ts";
import { readApplied } from "../../../src/featurestore/online/applied-record.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { type Applications, evaluateExpression, trainingRows } from "../../../src/featurestore/oracle/oracle.ts";
import type { Row } from "../../../src/featurestore/oracle/values.ts";
import { type ActualAnswer, differences } from "../../oracle/compare.ts";
import { type History, historiesTogether } from "../../oracle/history.ts";
import { joinedHistory } from "../../oracle/joined-history.ts";
import { writeHistory } from "../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 60601);
const runs = Number(process.env["TONDO_RUNS"] ?? 10);
/** So many histories of one plan are loaded at once: statements cost more than rows here. */
const together = 4;
let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-loads-"));
  engine = await Engine.open({ threads: 2 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

const [minute, day] = [60_000_000, 86_400_000_000];

/** A history of which some rows arrive late, and which is loaded again and again. */
interface Loaded {
  readonly history: History;
  /** In which of three deliveries each row comes, by its place in its source. */
  readonly deliveries: readonly number[];
  /** When loads are: about a request, by so much. */
  readonly loads: readonly LoadAsked[];
}

interface LoadAsked {
  readonly request: number;
  readonly byClock: boolean;
  readonly after: Micros;
  /** How long before its moment what it takes in must have happened at the earliest; where it takes in all there is none. */
  readonly reach: Micros | undefined;
}

const loaded: fc.Arbitrary<Loaded> = fc.record({
  history: historiesTogether(together),
  deliveries: fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2), { minLength: 64, maxLength: 64 }),
  loads: fc.array(
    fc.record({
      request: fc.nat(15),
      byClock: fc.boolean(),
      after: fc.oneof(
        fc.constantFrom(0, 0, 1, -1, minute, -minute, -day, 4 * day, -4 * day),
        fc.integer({ min: -4 * day, max: 4 * day }),
      ),
      reach: fc.constantFrom(undefined, undefined, 0, minute, day, 3 * day, 9 * day),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** One load: as of when, from when on it answers, and how many deliveries had come by then. */
interface Load {
  readonly asOf: Micros;
  /** Of one as of the clock, which takes a minute, the moment of its switch. */
  readonly appliedAt: Micros;
  readonly byClock: boolean;
  readonly deliveries: number;
  readonly since: Micros | undefined;
}

/** How long ahead of its moment a switch is written. */
const leadMs = 1;

function loadsOf({ history, loads }: Loaded): readonly Load[] {
  const requests = [...new Set(history.left.map(({ at }) => at))];
  const found: Load[] = [];
  const moments = loads.map(({ request, byClock, after, reach }) => ({
    asOf: (requests[request % requests.length] ?? 0) + after,
    byClock,
    reach,
  }));
  for (const { asOf, byClock, reach } of moments.sort((a, b) => a.asOf - b.asOf)) {
    const before = found.at(-1);
    // The next one begins when the one before answers.
    if (before !== undefined && asOf <= before.appliedAt) continue;
    const appliedAt = byClock && before !== undefined ? asOf + minute + leadMs * 1000 : asOf;
    // The first load takes in all.
    const since = reach === undefined || before === undefined ? undefined : asOf - reach;
    found.push({ asOf, appliedAt, byClock, since, deliveries: Math.min(found.length + 1, 3) });
  }
  return found;
}

/** When each row was first applied, as plainly as it can be said: by the first load that had it. */
function applications(loads: readonly Load[], deliveryOf: (row: Row) => number): Applications {
  return (_group, { at }, row, declared) => {
    if (declared === null) return null;
    const t = at === undefined ? null : evaluateExpression(at, { columns: row });
    for (const [i, { asOf, appliedAt, deliveries, since = -Infinity }] of loads.entries())
      if (deliveryOf(row) < deliveries && declared <= asOf && Number(t) >= since) return i === 0 ? declared : appliedAt;
    return null;
  };
}

/** How many loads have copied records. */
const copies = { loads: 0 };
/** How many loads have passed over rows. */
const passed = { loads: 0 };

/** What requests for the left rows find, each in the store as it was at their moments; none where nothing was loaded by then. */
async function served(
  { project, vector, left }: History,
  home: string,
  loads: readonly Load[],
  deliver: (delivery: number) => Promise<void>,
): Promise<{
  readonly answers: readonly (Readonly<Record<string, ActualAnswer>> | undefined)[];
  readonly applied: ReadonlyMap<string, AppliedRows>;
}> {
  const store = LmdbStore.open({ folder: path.join(home, "online"), limits: { switchLeadMs: leadMs } });
  try {
    const prepared = createFeatureReader({ project, store }).prepare(vector);
    const answers = new Array<Record<string, ActualAnswer> | undefined>(left.length);
    let delivered = 0;
    for (const [i, { asOf, appliedAt, byClock, deliveries, since }] of loads.entries()) {
      while (delivered < deliveries) await deliver(delivered++);
      const started = { over: false };
      const clock = (): Micros => (started.over ? asOf + minute : ((started.over = true), asOf));
      const made = await materialize({
        ...{ project, folder: home, home, store, engine, clock },
        ...(byClock ? {} : { asOf: BigInt(asOf) }),
        ...(since === undefined ? {} : { since: BigInt(since) }),
        // Histories have few keys: what can be copied is.
        limits: { changedShare: Infinity },
      });
      if (made.groups.some(({ loaded: how }) => how?.how === "incremental" && how.copied > 0)) copies.loads++;
      if (made.groups.some(({ rowsWaiting = 0 }) => rowsWaiting > 0)) passed.loads++;
      if (made.groups.some(({ status }) => status === "loaded")) expect(made.appliedAt).toBe(appliedAt);
      const until = loads[i + 1]?.appliedAt ?? Infinity;
      for (const [n, { at, columns }] of left.entries()) {
        if (at < asOf || at >= until) continue;
        const { values, statuses } = await prepared.read({ columns }, at);
        const before = answers[n];
        answers[n] = Object.fromEntries(
          vector.reads.map(({ id, type }, v) => {
            const value = fromRaw(values[v] ?? null, parseTypeName(type).kind);
            const status = statuses[v];
            return [id, { value, ...(status === undefined ? {} : { status }) }];
          }),
        );
        // Of a moment before the switch it makes no difference on which side of it one asks.
        if (before !== undefined) expect(answers[n]).toEqual(before);
      }
    }
    while (delivered < 3) await deliver(delivered++);
    const applied = new Map<string, AppliedRows>();
    for (const group of project.groups) {
      const name = `${group.entity}:${group.name}`;
      const source = project.sources.find((one) => one.name === group.source);
      const log = await readApplied(store, name);
      if (log !== undefined && source !== undefined)
        applied.set(name, appliedRows(log, await digestSource(source, { folder: home })));
    }
    return { answers, applied };
  } finally {
    await store.close();
  }
}

const plans: readonly JoinPlan[] = [
  { windows: "sweep", states: "asof" },
  { windows: "range", states: "range" },
];

describe("a store that is loaded again and again, of files that come late", () => {
  it(
    `answers at any moment what a training set by its log gives, and the naive oracle (${String(runs * together)} histories, seed ${String(seed)})`,
    { timeout: Math.max(600_000, runs * 40_000) },
    async () => {
      let asked = 0;
      let later = 0;
      let during = 0;
      for (const [i, one] of fc.sample(loaded, { seed, numRuns: runs }).entries()) {
        const { history } = one;
        const home = path.join(folder, String(i));
        const deliveryOf = new Map<Row, number>();
        // A table has no time: training reads it as it is in the end.
        for (const [source, rows] of Object.entries(history.data))
          for (const [n, row] of rows.entries())
            deliveryOf.set(row, source === "facts" ? 0 : (one.deliveries[n % one.deliveries.length] ?? 0));
        const partOf = (row: Row): number => deliveryOf.get(row) ?? 0;
        const loads = loadsOf(one);
        const { answers, applied } = await served(history, home, loads, async (delivery) => {
          await writeHistory(history, home, { parts: [delivery], partOf });
        });
        const what = `history ${String(i)} of seed ${String(seed)}`;
        const known = applications(loads, partOf);
        const expected = trainingRows(history.vector, history.left, history.data, known);
        const online = trainingRows({ ...history.vector, labelReads: [] }, history.left, history.data, known);
        const some = answers.flatMap((answer, n) => (answer === undefined ? [] : [n]));
        expect(
          differences(
            some.map((n) => online[n] ?? {}),
            some.map((n) => answers[n] ?? {}),
          ),
          what,
        ).toEqual([]);
        asked += some.length;
        later += some.filter((n) => !loads.some(({ asOf }) => asOf === history.left[n]?.at)).length;
        during += some.filter((n) =>
          loads.some(({ asOf, appliedAt }) => {
            const at = history.left[n]?.at ?? NaN;
            return asOf <= at && at < appliedAt;
          }),
        ).length;
        const left = path.join(home, "left.parquet");
        for (const plan of plans) {
          const rows = await joinedHistory(engine, history, left, { places: { folder: home }, applied, plan });
          expect(differences(expected, rows), `${what}, ${JSON.stringify(plan)}`).toEqual([]);
        }
        await rm(home, { recursive: true });
      }
      // Requests that no load's moment is are what this is about.
      expect(later).toBeGreaterThan(asked / 3);
      expect(asked).toBeGreaterThan(runs * 2);
      expect(copies.loads).toBeGreaterThan(runs / 2);
      expect(passed.loads).toBeGreaterThan(0);
      // And those while a load is made.
      expect(during).toBeGreaterThan(0);
    },
  );
});
