import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson, type GivenValue, type Micros, sha256 } from "../../../src/core/index.ts";
import { filesAtRest } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import type { ErasedKeys } from "../../../src/featurestore/erase/index.ts";
import { rollback } from "../../../src/featurestore/generations/index.ts";
import { materialize, type MaterializeResult } from "../../../src/featurestore/materialize/index.ts";
import { type GroupPointer, groupName } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";
import { enter, type Row } from "../../../src/featurestore/oracle/values.ts";
import { type History, historiesTogether } from "../../oracle/history.ts";
import { writeHistory } from "../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 80701);
const runs = Number(process.env["TONDO_RUNS"] ?? 10);
/** So many histories of one plan are loaded at once, each with keys of its own. */
const together = 6;
const [second, minute, day] = [1_000_000, 60_000_000, 86_400_000_000];
let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-incremental-"));
  engine = await Engine.open({ threads: 2 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** What happens to two homes alike, one after the other. */
type Step =
  | { readonly does: "load"; readonly byClock: boolean; readonly again: boolean; readonly reach: Micros | undefined }
  | { readonly does: "deliver" }
  | { readonly does: "push"; readonly rows: number }
  | { readonly does: "roll back" | "rewrite a file" | "remove a file" | "forget erasures" }
  | { readonly does: "erase"; readonly key: number };

interface Told {
  readonly history: History;
  /** In which delivery each row comes, by its place in its source; 9: it is pushed, where its source takes rows. */
  readonly deliveries: readonly number[];
  readonly start: { readonly request: number; readonly before: Micros };
  readonly steps: readonly { readonly step: Step; readonly after: Micros }[];
}

const deliveries = 6;
const pushed = 9;
const loads: fc.Arbitrary<Step> = fc.record({
  does: fc.constant("load" as const),
  byClock: fc.boolean(),
  again: fc.constantFrom(false, false, true),
  // How long before its moment what it takes in must have happened at the earliest.
  reach: fc.constantFrom(undefined, undefined, undefined, 0, minute, day, 4 * day),
});
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: loads },
  { weight: 6, arbitrary: fc.constant<Step>({ does: "deliver" }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("push" as const), rows: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.constant<Step>({ does: "roll back" }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ does: "rewrite a file" }, { does: "remove a file" }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("erase" as const), key: fc.nat(31) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ does: "forget erasures" }) },
);

const told: fc.Arbitrary<Told> = fc.record({
  history: historiesTogether(together),
  deliveries: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, pushed, pushed), {
    minLength: 89,
    maxLength: 89,
  }),
  start: fc.record({ request: fc.nat(15), before: fc.constantFrom(0, 1, minute, day, 4 * day) }),
  steps: fc.array(
    fc.record({
      step: steps,
      after: fc.oneof(
        fc.constantFrom(0, 0, 1, 1000, second, minute, 60 * minute, day),
        fc.integer({ min: 0, max: 2 * day }),
      ),
    }),
    { minLength: 6, maxLength: 14 },
  ),
});

/** What both homes have gone through, for what a run must have seen. */
interface Seen {
  incremental: number;
  copied: number;
  computed: number;
  /** Loads in which some keys were copied and some computed. */
  both: number;
  /** Groups that loads passed over rows of. */
  waiting: number;
  readonly reasons: Map<string, number>;
}

/** A home with its store, and how it is loaded. */
interface Home {
  readonly folder: string;
  readonly store: LmdbStore;
  readonly full: boolean;
}

/** All records of a generation, as text; by the port that loads copy by. */
async function recordsOf(store: LmdbStore, group: string, generation: number): Promise<ReadonlyMap<string, string>> {
  const records = new Map<string, string>();
  const writer = await store.begin(group);
  await writer.copy(generation, (key, record) => {
    records.set(Buffer.from(key).toString("hex"), Buffer.from(record).toString("hex"));
    return undefined;
  });
  await store.drop(group, writer.generation);
  return records;
}

function pointersOf(store: LmdbStore, groups: readonly string[]): readonly (GroupPointer | undefined)[] {
  const view = store.view(groups);
  try {
    return groups.map((group) => view.pointer(group));
  } finally {
    view.close();
  }
}

/** What of a pointer is the same whichever way its generation was loaded. */
function comparable(pointer: GroupPointer | undefined): unknown {
  if (pointer === undefined) return undefined;
  const { counts, before, ...rest } = pointer;
  const { keys, parts, bytes, keysTooLong, rowsWaiting } = counts;
  const earlier = before === undefined ? undefined : comparable(before);
  return { ...rest, counts: { keys, parts, bytes, keysTooLong, rowsWaiting }, before: earlier };
}

describe("a store that is loaded again and again", () => {
  it(
    `holds the same whether loads compute all keys or copy those that nothing new came to (${String(runs * together)} histories, seed ${String(seed)})`,
    { timeout: Math.max(600_000, runs * 60_000) },
    async () => {
      const seen: Seen = { incremental: 0, copied: 0, computed: 0, both: 0, waiting: 0, reasons: new Map() };
      for (const [i, one] of fc.sample(told, { seed, numRuns: runs }).entries())
        await play(one, path.join(folder, String(i)), `history ${String(i)} of seed ${String(seed)}`, seen);
      if (process.env["TONDO_SEEN"] !== undefined) console.log(seen);
      expect(seen.both).toBeGreaterThan(runs);
      expect(seen.waiting).toBeGreaterThan(0);
      expect(seen.copied).toBeGreaterThan(seen.incremental);
      for (const reason of ["first", "table"]) expect(seen.reasons.get(reason), reason).toBeGreaterThan(0);
    },
  );
});

async function play({ history, deliveries: dealt, start, steps: all }: Told, at: string, what: string, seen: Seen) {
  const { project } = history;
  const groups = project.groups.map(groupName);
  const homes: readonly Home[] = ["some", "all"].map((name) => ({
    folder: path.join(at, name),
    store: LmdbStore.open({
      folder: path.join(at, name, "online"),
      limits: { switchLeadMs: 1, pushLeadMs: 1 },
    }),
    full: name === "all",
  }));
  const open = project.sources.flatMap(({ name, kind, id }) => (kind === "table" || id !== undefined ? [] : [name]));
  const deliveryOf = new Map<Row, number>();
  const waiting: { source: string; row: Row }[] = [];
  for (const [source, rows] of Object.entries(history.data)) {
    for (const [n, row] of rows.entries()) {
      const delivery = dealt[n % dealt.length] ?? 0;
      const isPushed = delivery === pushed && open.includes(source);
      deliveryOf.set(row, delivery === pushed && !isPushed ? 1 : delivery);
      if (isPushed) waiting.push({ source, row });
    }
  }
  const partOf = (row: Row): number => deliveryOf.get(row) ?? 0;
  const write = async (part: number): Promise<void> => {
    for (const home of homes) await writeHistory(history, home.folder, { parts: [part], partOf });
  };
  const erased = new Set<string>();
  const erasedKeys = (): Promise<ErasedKeys> =>
    Promise.resolve(() =>
      erased.size === 0
        ? undefined
        : {
            digest: sha256(canonicalJson([...erased].sort())),
            has: (key) => erased.has(Buffer.from(key).toString("hex")),
          },
    );
  try {
    const requests = [...new Set(history.left.map(({ at: moment }) => moment))];
    let now = (requests[start.request % requests.length] ?? 0) - start.before;
    const clock = (): Micros => now;
    let delivered = 0;
    await write(delivered++);
    const load = async (asOf: Micros | undefined, reach?: Micros): Promise<void> => {
      const since = reach === undefined ? undefined : (asOf ?? now) - reach;
      const made: MaterializeResult[] = [];
      for (const { folder: home, store, full } of homes) {
        made.push(
          await materialize({
            ...{ project, folder: home, home, store, engine, clock, full, erased: erasedKeys },
            ...(asOf === undefined ? {} : { asOf: BigInt(asOf) }),
            ...(since === undefined ? {} : { since: BigInt(since) }),
            limits: { changedShare: Infinity },
          }),
        );
      }
      const [some, every] = made;
      if (some === undefined || every === undefined) throw new Error("no load");
      now = Math.max(now, some.appliedAt);
      expect(some.appliedAt, what).toBe(every.appliedAt);
      for (const { loaded } of every.groups) expect(loaded?.how ?? "full").toBe("full");
      for (const { loaded, rowsWaiting } of some.groups) {
        if (loaded === undefined) continue;
        if (rowsWaiting !== undefined) seen.waiting++;
        if (loaded.how === "full") seen.reasons.set(loaded.reason, (seen.reasons.get(loaded.reason) ?? 0) + 1);
        else {
          seen.incremental++;
          seen.copied += loaded.copied;
          seen.computed += loaded.computed;
          if (loaded.copied > 0 && loaded.computed > 0) seen.both++;
        }
      }
      await compare();
    };
    const compare = async (): Promise<void> => {
      const [some, every] = homes;
      if (some === undefined || every === undefined) throw new Error("no home");
      const [ours, theirs] = [pointersOf(some.store, groups), pointersOf(every.store, groups)];
      expect(ours.map(comparable), what).toEqual(theirs.map(comparable));
      for (const [i, group] of groups.entries()) {
        const [pointer, other] = [ours[i], theirs[i]];
        if (pointer === undefined || other === undefined) continue;
        const found = await recordsOf(some.store, group, pointer.generation);
        expect(found, `${what}, ${group}`).toEqual(await recordsOf(every.store, group, other.generation));
      }
    };
    const push = async (rows: number): Promise<void> => {
      const pushers = homes.map(({ store }) =>
        pushing({ ...{ project, store, clock, erased: erasedKeys }, limits: { maxFuture: Infinity } }),
      );
      for (const { source, row } of waiting.splice(0, rows)) {
        const columns = project.sources.find(({ name }) => name === source)?.columns ?? {};
        const values = Object.fromEntries(
          Object.entries(columns).map(([name, type]) => [name, enter(row[name], type) as GivenValue]),
        );
        let applied = now;
        for (const one of pushers) {
          // Rows without a key or time count nowhere.
          const made = await one(source, [values]).catch(() => undefined);
          applied = Math.max(applied, made?.appliedAt ?? now);
        }
        now = applied;
      }
    };
    let last = now;
    await load(now);
    for (const { step, after } of all) {
      now += after;
      switch (step.does) {
        case "load": {
          // The moment of the load before, too, where something has come since.
          const asOf = step.again ? last : now;
          if (step.byClock) await load(undefined, step.reach);
          else if (!(await isRefused(() => load(asOf, step.reach)))) last = asOf;
          break;
        }
        case "deliver":
          if (delivered < deliveries) await write(delivered++);
          break;
        case "push":
          await push(step.rows);
          break;
        case "roll back":
          for (const { folder: home, store } of homes) {
            const able = groups.filter((_, i) => pointersOf(store, groups)[i]?.before !== undefined);
            if (able.length > 0) await rollback({ project, home, store, groups: able, actor: "test", clock });
          }
          await compare();
          break;
        case "rewrite a file": {
          const [first] = [...deliveryOf].filter(([, delivery]) => delivery === 0);
          if (first !== undefined) deliveryOf.set(first[0], -1);
          await write(0);
          break;
        }
        case "remove a file":
          if (delivered < 3) break;
          for (const { folder: home } of homes)
            for (const source of project.sources)
              for (const place of filesAtRest(source))
                await rm(path.join(home, place.path.replace("*", "1")), { force: true });
          break;
        case "erase": {
          const [some] = homes;
          const pointer = some === undefined ? undefined : pointersOf(some.store, groups)[0];
          if (some === undefined || pointer === undefined) break;
          const keys = [...(await recordsOf(some.store, groups[0] ?? "", pointer.generation)).keys()].sort().slice(1);
          const key = keys[step.key % keys.length];
          if (key === undefined) break;
          erased.add(key);
          for (const { store } of homes)
            for (const group of groups) await store.erase(group, [Buffer.from(key, "hex")]);
          break;
        }
        case "forget erasures":
          erased.clear();
      }
    }
    await load(undefined);
  } finally {
    for (const { store } of homes) await store.close();
  }
  await rm(at, { recursive: true });
}

/** Whether a load is refused since rows were pushed behind its moment, or it is to go on from none: in both homes, of which the first is asked first. */
async function isRefused(load: () => Promise<void>): Promise<boolean> {
  try {
    await load();
    return false;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "INVALID_ARGUMENT") return true;
    throw error;
  }
}
