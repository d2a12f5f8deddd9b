import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Micros, parseTypeName, TondoError, type Value } from "../../../src/core/index.ts";
import { fromRaw, type GroupPlan, type ProjectPlan, type SourcePlan } from "../../../src/dsl/index.ts";
import { appliedRows, type AppliedRows } from "../../../src/featurestore/applied/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { rollback } from "../../../src/featurestore/generations/index.ts";
import { backfill } from "../../../src/featurestore/backfill/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import type { JoinPlan } from "../../../src/featurestore/offline/joins/join-plan.ts";
import { digestSource } from "../../../src/featurestore/offline/sources/source-digests.ts";
import { readApplied } from "../../../src/featurestore/online/applied-record.ts";
import { createFeatureReader, type OnlineStore } from "../../../src/featurestore/online/index.ts";
import { collectPushed, withPushed } from "../../../src/featurestore/pushed/index.ts";
import {
  type Applications,
  evaluateExpression,
  type LeftRow,
  trainingRows,
} from "../../../src/featurestore/oracle/oracle.ts";
import { enter, type Row } from "../../../src/featurestore/oracle/values.ts";
import { type ActualAnswer, differences } from "../../oracle/compare.ts";
import { type History, historiesTogether } from "../../oracle/history.ts";
import { type Feeder, type OpenFeeder, pushFeeder } from "./feeder.ts";
import { joinedHistory } from "../../oracle/joined-history.ts";
import { writeHistory } from "../../oracle/write-history.ts";

const together = 3;
const [second, minute, day] = [1_000_000, 60_000_000, 86_400_000_000];

/** Opens the store of one history, whose files are in a folder. */
export type OpenHistoryStore = (folder: string) => OnlineStore | Promise<OnlineStore>;

/** What happens to a store, one after the other: loads, pushes of the rows that no file has, rollbacks. */
type Step =
  | {
      readonly does: "load";
      readonly byClock: boolean;
      readonly pushesMeanwhile: number;
      readonly reach: Micros | undefined;
    }
  | { readonly does: "push"; readonly rows: number }
  | { readonly does: "roll back" };

/** A history of which some rows are pushed, between and during loads. */
interface Fed {
  readonly history: History;
  /** Which rows of a source are pushed, by their places. */
  readonly pushed: readonly boolean[];
  readonly start: { readonly request: number; readonly before: Micros };
  readonly steps: readonly { readonly step: Step; readonly after: Micros }[];
  /** Before which step features are applied and backfilled that were not there; absent where all are from the beginning. */
  readonly backfill: number | undefined;
  /** Whether rows are folded as soon as there are some. */
  readonly folds: boolean;
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant("push" as const), rows: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("load" as const),
      byClock: fc.boolean(),
      pushesMeanwhile: fc.constantFrom(0, 0, 1, 2),
      // How long before its moment what it takes in must have happened at the earliest.
      reach: fc.constantFrom(undefined, undefined, 0, minute, day),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("roll back" as const) }) },
);

const fed: fc.Arbitrary<Fed> = fc.record({
  history: historiesTogether(together),
  pushed: fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
  start: fc.record({
    request: fc.nat(15),
    before: fc.constantFrom(0, 1, second, minute, minute, day, day),
  }),
  backfill: fc.constantFrom(undefined, undefined, 1, 2, 3),
  folds: fc.boolean(),
  steps: fc.array(
    fc.record({
      step: steps,
      after: fc.oneof(fc.constantFrom(1, 1, 1000, second, minute, day), fc.integer({ min: 1, max: 2 * day })),
    }),
    { minLength: 2, maxLength: 9 },
  ),
});

/** A row of a source that was pushed, and when: it was applied then, or waits for the first load as of then or later. */
interface PushedRow {
  readonly source: string;
  readonly row: Row;
  readonly k: Micros;
  readonly waits: boolean;
}

const plans: readonly JoinPlan[] = [
  { windows: "sweep", states: "asof" },
  { windows: "range", states: "range" },
];

/** A load that was made. */
interface Loaded {
  readonly asOf: Micros;
  readonly appliedAt: Micros;
  readonly fresh: boolean;
  readonly since: Micros | undefined;
  readonly groups: ReadonlySet<string>;
}

/** Sources that take rows: those of a time, that some feature looks back at. */
function takesRows({ sources, groups }: ProjectPlan): readonly string[] {
  const isSeen = (source: string): boolean =>
    groups.some(
      (group) =>
        group.source === source && group.stored.some((one) => one.kind === "column" || one.direction === "back"),
    );
  return sources.flatMap(({ name, kind }) => (kind === "table" || !isSeen(name) ? [] : [name]));
}

/** Plays random histories of loads, pushes and rollbacks on a store, and compares what it answers with what training gives, and with the naive oracle. */
export function pushedHistories(
  name: string,
  {
    runs,
    seed,
    open,
    feed = pushFeeder,
    folds,
  }: {
    readonly runs: number;
    readonly seed: number;
    readonly open: OpenHistoryStore;
    /** How rows come that no file has; default: they are pushed. */
    readonly feed?: OpenFeeder;
    /** Whether rows are folded as soon as there are some, so that moments before are not always answered for; default: in some histories, where the store folds rows at all. */
    readonly folds?: true;
  },
): void {
  describe(`${name} that is loaded and pushed to`, () => {
    let folder: string;
    let engine: Engine;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "tondo-pushes-"));
      engine = await Engine.open({ threads: 2 });
    });
    afterAll(async () => {
      engine.close();
      await rm(folder, { recursive: true });
    });

    it(
      `answers before, at and after each push what training by its log gives, and the naive oracle (${String(runs * together)} histories, seed ${String(seed)})`,
      { timeout: Math.max(600_000, runs * 60_000) },
      async () => {
        const seen = {
          asked: 0,
          backfills: 0,
          pushes: 0,
          versions: 0,
          late: 0,
          rollbacks: 0,
          meanwhile: 0,
          ...(folds === true ? { folded: 0 } : {}),
        };
        for (const [i, one] of fc.sample(fed, { seed, numRuns: runs }).entries()) {
          const home = path.join(folder, String(i));
          const what = `history ${String(i)} of seed ${String(seed)}`;
          await play(one, { home, open, openFeeder: feed, engine, what, seen, folds: folds ?? one.folds });
        }
        expect(seen.pushes).toBeGreaterThan(0);
        expect(seen.asked).toBeGreaterThan(0);
        if (runs >= 10) expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
      },
    );
  });
}

/** Where a history is played, and what was seen so far. */
interface Playing {
  readonly home: string;
  readonly open: OpenHistoryStore;
  readonly openFeeder: OpenFeeder;
  readonly engine: Engine;
  readonly what: string;
  readonly seen: Record<"asked" | "backfills" | "pushes" | "versions" | "late" | "rollbacks" | "meanwhile", number> & {
    /** How often it was refused to answer for a moment that folded rows lie behind. */
    folded?: number;
  };
  readonly folds: boolean;
}

async function play(
  { history, pushed: isPushed, start, steps: all, backfill: backfillAt }: Fed,
  { home, open: openStore, openFeeder, engine, what, seen, folds }: Playing,
): Promise<void> {
  const { project: given } = history;
  const open = takesRows(given);
  const waiting: { source: string; row: Row }[] = [];
  const inFiles = new Set<Row>();
  for (const [source, rows] of Object.entries(history.data)) {
    for (const [n, row] of rows.entries()) {
      if (open.includes(source) && isPushed[n % isPushed.length] === true) waiting.push({ source, row });
      else inFiles.add(row);
    }
  }
  await writeHistory(history, home, { parts: [0, 1, 2], partOf: (row, n) => (inFiles.has(row) ? n % 3 : 9) });
  const store = await openStore(home);
  let feeder: Feeder | undefined;
  try {
    const requests = [...new Set(history.left.map(({ at }) => at))];
    let now = (requests[start.request % requests.length] ?? 0) - start.before;
    // Whatever is waited for has come.
    const clock = (): Micros => (now += 1);
    const limits = folds ? { foldRows: 2, foldAfterMs: 0 } : {};
    let inForce = backfillAt === undefined || backfillAt >= all.length ? given : withoutLast(given);
    feeder = await openFeeder({ project: inForce, inForce: () => inForce, sources: open, store, clock, limits });
    const { place } = feeder;
    const [project, vector] = [place(given), place(history.vector)];
    const pushes: PushedRow[] = [];
    const moments = new Set<Micros>();
    const feed = async (rows: number): Promise<void> => {
      const some = waiting.splice(0, rows);
      const outcomes = await feeder?.feed(
        some.map(({ source, row }) => {
          const columns = project.sources.find(({ name }) => name === source)?.columns ?? {};
          const values = Object.entries(columns).map(([name, type]) => [name, enter(row[name], type)] as const);
          return { source, values: Object.fromEntries(values) };
        }),
      );
      for (const [i, { source, row }] of some.entries()) {
        const outcome = outcomes?.[i];
        if (outcome === undefined) continue;
        pushes.push({ source, row, ...outcome });
        moments.add(outcome.k);
        now = Math.max(now, outcome.k);
        seen.pushes++;
        if (outcome.waits) seen.late++;
        if (project.sources.find(({ name }) => name === source)?.id !== undefined) seen.versions++;
      }
    };
    const load = async (options: { readonly asOf?: Micros; readonly reach?: Micros | undefined }): Promise<void> => {
      const since = options.reach === undefined ? undefined : now - options.reach;
      const made = await materialize({
        ...{ project: place(inForce), folder: home, home, store, engine, clock },
        ...(options.asOf === undefined ? {} : { asOf: BigInt(options.asOf) }),
        ...(since === undefined ? {} : { since: BigInt(since) }),
        limits: { changedShare: Infinity },
      });
      loads.push({
        asOf: made.asOf,
        appliedAt: made.appliedAt,
        fresh: made.groups.some(({ status }) => status === "loaded"),
        since,
        groups: names(made.groups),
      });
      now = Math.max(now, made.appliedAt);
    };
    const loads: Loaded[] = [];
    let backfilled: Loaded | undefined;
    await load({ asOf: now });
    /** Each answer as of a moment, as it was given when the store was at different times: never another one. */
    const answers = new Map<string, { at: Micros; left: LeftRow; answer: Readonly<Record<string, ActualAnswer>> }>();
    const lefts = history.left.slice(0, 4);
    const ask = async (): Promise<void> => {
      const reader = createFeatureReader({ project, store }).prepare(vector);
      const first = loads[0]?.asOf ?? 0;
      const asked = [...moments].flatMap((k) => [k - 1, k, k + 1]);
      for (const at of new Set([...asked, now, ...requests.filter((one) => one <= now)])) {
        // What is defined later is not answered before.
        if (at < Math.max(first, backfilled?.appliedAt ?? first) || at > now) continue;
        for (const [n, { columns }] of lefts.entries()) {
          const read = await (async () => reader.read({ columns }, at))().catch((error: unknown) => {
            if (!(error instanceof TondoError) || error.code !== "MOMENT_NOT_SERVED") throw error;
            const isFolded = folds && error.details["upTo"] !== undefined && at < now;
            if (isFolded && seen.folded !== undefined) seen.folded++;
            // Until the switch the load before it answered, which is not there any more behind a rollback.
            if (isFolded || at < (loads.at(-1)?.appliedAt ?? 0)) return undefined;
            throw error;
          });
          if (read === undefined) continue;
          const { values, statuses } = read;
          const answer = Object.fromEntries(
            vector.reads.map(({ id, type }, v) => {
              const value: Value = fromRaw(values[v] ?? null, parseTypeName(type).kind);
              const status = statuses[v];
              return [id, { value, ...(status === undefined ? {} : { status }) }];
            }),
          );
          answers.set(`${String(n)} ${String(at)}`, { at, left: { at, columns }, answer });
        }
      }
    };
    for (const [at, { step, after }] of all.entries()) {
      now += after;
      if (at === backfillAt) {
        inForce = given;
        const features = project.groups.flatMap((group) =>
          group.features.flatMap(({ name, forward }) => (forward ? [] : [`${groupNameOf(group)}:${name}`])),
        );
        const made = await backfill({
          ...{ project, folder: home, home, store, engine, clock, features },
          limits: { changedShare: Infinity },
        });
        seen.backfills++;
        // It may have found all there, where no group has a feature more.
        if (made.asOf !== null && made.appliedAt !== null) {
          const fresh = made.groups.some(({ status }) => status === "loaded");
          backfilled = {
            asOf: made.asOf,
            appliedAt: made.appliedAt,
            fresh,
            since: undefined,
            groups: names(made.groups),
          };
          loads.push(backfilled);
          now = Math.max(now, made.appliedAt);
        }
      }
      if (step.does === "push") await feed(step.rows);
      else if (step.does === "roll back") {
        const refused = backfilled === undefined ? [] : ["ROLLBACK_REFUSED"];
        if (await rollBack(project, home, store, clock, refused)) {
          // What files brought meanwhile was served, and by the log that is in force again it never was.
          const undone = loads.pop()?.appliedAt ?? 0;
          for (const [id, { at }] of answers) if (at >= undone) answers.delete(id);
          seen.rollbacks++;
        }
      } else if (step.byClock) {
        const under = load({ reach: step.reach });
        if (step.pushesMeanwhile > 0) {
          await feed(step.pushesMeanwhile);
          seen.meanwhile++;
        }
        await under;
      } else await load({ asOf: now, reach: step.reach });
      // What is defined later is not answered before.
      if (inForce === given) await ask();
    }
    seen.asked += answers.size;
    const none = { erased: () => Promise.resolve(() => undefined) };
    await collectPushed({ ...project, ...none, home, store, engine });
    const placed = await withPushed(project, { home, folder: home });
    const applied = new Map<string, AppliedRows>();
    for (const group of placed.groups) {
      const name = groupNameOf(group);
      const source = placed.sources.find((one) => one.name === group.source);
      const log = await readApplied(store, name);
      if (log !== undefined && source !== undefined)
        applied.set(name, appliedRows(log, await digestSource(source, { folder: home })));
    }
    // The oracle is told plainly when each row was applied: those of files by the first load, which had all of them.
    const pushOf = new Map(pushes.map((one) => [one.row, one]));
    const first = loads[0]?.asOf ?? 0;
    const data = Object.fromEntries(
      Object.entries(history.data).map(([source, rows]) => [
        source,
        rows.filter((row) => inFiles.has(row) || pushOf.has(row)),
      ]),
    );
    const known = (
      group: GroupPlan,
      { at }: SourcePlan,
      row: Row,
      declared: Micros | null,
    ): ReturnType<Applications> => {
      const push = pushOf.get(row);
      if (push?.waits === false) return push.k;
      // What is pushed need not say when it was known.
      const from = push?.k ?? declared;
      if (from === null || from <= first) return from;
      const t = at === undefined ? null : evaluateExpression(at, { columns: row });
      const takes = ({ asOf, fresh, since = -Infinity, groups }: Loaded): boolean =>
        fresh && groups.has(groupNameOf(group)) && from <= asOf && Number(t) >= since;
      const k = loads.slice(1).find(takes)?.appliedAt;
      if (k === undefined) return null;
      // Of what waited for one load the last one pushed is the later.
      return push === undefined ? k : { k, declared: push.k };
    };
    const list = [...answers.values()];
    const online = trainingRows(
      { ...vector, labelReads: [] },
      list.map(({ left }) => left),
      data,
      known,
    );
    expect(
      differences(
        online,
        list.map(({ answer }) => answer),
      ),
      `${what}, online`,
    ).toEqual([]);
    const own = { ...history, left: list.map(({ left }) => left) };
    const { left } = await writeHistory({ ...own, data: {} }, path.join(home, "asked"));
    const vectorPlaced = await withPushed({ sources: placed.sources, vectors: [vector] }, { home, folder: home });
    const [joined = vector] = vectorPlaced.vectors;
    for (const plan of plans) {
      const rows = await joinedHistory(engine, { vector: { ...vector, ...joined, labelReads: [] } }, left, {
        ...{ places: { folder: home }, applied, plan },
      });
      expect(differences(online, rows), `${what}, ${JSON.stringify(plan)}`).toEqual([]);
    }
  } finally {
    await feeder?.close();
    await store.close();
  }
  await rm(home, { recursive: true });
}

function names(groups: readonly { readonly group: string }[]): ReadonlySet<string> {
  return new Set(groups.map(({ group }) => group));
}

/** Definitions in which each group lacks the last of its stored values, where it has more. */
function withoutLast(project: ProjectPlan): ProjectPlan {
  const groups = project.groups.map((group) => {
    const back = group.stored.filter((one) => one.kind === "column" || one.direction === "back");
    const last = back.at(-1);
    return back.length < 2 ? group : { ...group, stored: group.stored.filter((one) => one !== last) };
  });
  return { ...project, groups };
}

function groupNameOf({ entity, name }: GroupPlan): string {
  return `${entity}:${name}`;
}

/**
 * Goes back to the load before, in all groups that have one; gives whether it did.
 *
 * @param mayRefuse codes of errors by which it does not: what was loaded before other features were defined is not gone back to
 */
async function rollBack(
  project: ProjectPlan,
  home: string,
  store: OnlineStore,
  clock: () => Micros,
  mayRefuse: readonly string[],
): Promise<boolean> {
  const view = await store.view(project.groups.map(groupNameOf));
  const groups = project.groups.map(groupNameOf).filter((name) => view.pointer(name)?.before !== undefined);
  view.close();
  if (groups.length === 0) return false;
  try {
    await rollback({ project, home, store, groups, actor: "test", clock });
  } catch (error) {
    if (error instanceof TondoError && mayRefuse.includes(error.code)) return false;
    throw error;
  }
  return true;
}
