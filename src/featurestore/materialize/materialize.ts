import {
  type Clock,
  type Micros,
  type Moment,
  type Progress,
  silentProgress,
  systemClock,
  toMicros,
  TondoError,
  waitUntil,
} from "../../core/index.ts";
import { type GroupPlan, type ProjectPlan, requireFunctions } from "../../dsl/index.ts";
import { encodeLog, withWritten } from "../applied/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { ErasedKeys } from "../erase/erased-keys.ts";
import { lockHome } from "../home-lock.ts";
import { type FilePlaces, holdingFiles } from "../offline/files/file-places.ts";
import { digestSource, type SourceFile } from "../offline/sources/source-digests.ts";
import { appliedKey } from "../online/applied-record.ts";
import { sourceOf } from "../online/find-feature.ts";
import { planLayout } from "../online/group-layout.ts";
import { overlayOf } from "../online/group-pointer.ts";
import {
  type GenerationWriter,
  type GroupPointer,
  groupName,
  type LoadCounts,
  type OnlineStore,
  type PointerSwitch,
  recordBatch,
} from "../online/index.ts";
import { ChangedKeys } from "./changed-keys.ts";
import { closeAsked, closeNow } from "./close-pushed.ts";
import type { HowLoaded } from "./how-loaded.ts";
import { loadInputs } from "./load-inputs.ts";
import { refuseSince } from "./load-since.ts";
import { type LoadedGroup, loadGroup } from "./load-group.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";
import type { PlannedGroup } from "./planned-group.ts";
import { feedGroups, type FedSince, isMomentOfPushed, pushedProject, refusePast } from "./pushed-project.ts";
import { longestWait } from "../pushed/index.ts";

/** What is to be loaded, from where, to where. */
export interface MaterializeOptions extends FilePlaces {
  readonly project: ProjectPlan;
  /** The home: locked while the load runs. */
  readonly home: string;
  readonly store: OnlineStore;
  readonly engine: Engine;
  /**
   * The moment: what happened before it and was known by then is loaded, and requests see it from that moment on. Default: the clock's at the start. Requests
   * then see it from the moment of the switch on, the same for all groups, and the call returns once that has come.
   */
  readonly asOf?: Moment;
  /**
   * Of rows that no load has applied yet those alone are taken in that happened then or later; the others wait for the first load that takes them in, and are known from
   * that one's moment on. Default: all are. Tables have no times, and what was pushed has moments of its own: neither is concerned, but for what was pushed too late to count at once. The first load of a group takes in all.
   */
  readonly since?: Moment;
  /** `entity:group`; by default all with something to load. */
  readonly groups?: readonly string[];
  /** Whether the records of all keys are computed, also where most could be copied; default: `false`. What is unchanged is left as it is either way. */
  readonly full?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly limits?: Partial<MaterializeLimits>;
  /** Reads which keys were erased, and so are left out; asked once nobody can erase one meanwhile. */
  readonly erased?: () => Promise<ErasedKeys>;
}

/** What became of one group. */
export interface MaterializedGroup extends LoadCounts {
  readonly group: string;
  /** `unchanged`: the same definitions, files and moment were loaded already. */
  readonly status: "loaded" | "unchanged";
  readonly generation: number;
  /** Whether all keys were computed, and why, or those alone that something new came to; absent where nothing was loaded. */
  readonly loaded?: HowLoaded;
  readonly seconds: number;
}

/** What a load did. */
export interface MaterializeResult {
  readonly asOf: Micros;
  /** From when on requests are answered by it: `asOf`, or of a load as of the clock the moment of its switch. */
  readonly appliedAt: Micros;
  /**
   * How long behind that moment views may still not have shown the switch, microseconds: 0, but where the disk stood still. Requests between may have been answered
   * by the load before, which training does not know.
   */
  readonly lateBy: Micros;
  /** Since when rows that no load before had applied were taken in; absent where all were. */
  readonly since?: Micros;
  readonly groups: readonly MaterializedGroup[];
}

/**
 * Loads groups into the online store as of a moment: each into a new generation that nobody reads, then all become
 * current by one switch, or none. A load that was killed leaves what was current, and its remains go with the next.
 *
 * Where files were added since the load before, or only time has passed, the records of keys that nothing new came to are copied, and the others computed from all
 * files: the records are those that a load of all writes.
 *
 * @throws TondoError `INVALID_ARGUMENT` for a `since` that is later than the load's moment, or of a group's first load, `HOME_BUSY`, `UNKNOWN_GROUP`, `SOURCE_MISSING`, `SOURCE_CHANGED`, `SOURCE_UNREADABLE`,
 * `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`, `USER_FUNCTION_FAILED`, `LIMIT_EXCEEDED`, `ERASURES_UNREADABLE`, `MOMENT_NOT_SERVED`, `ABORTED`, `STORE_FULL`
 */
export async function materialize(options: MaterializeOptions): Promise<MaterializeResult> {
  const asked = options.asOf === undefined ? undefined : toMicros(options.asOf, "asOf");
  const from = options.since === undefined ? undefined : toMicros(options.since, "since");
  const chosen = chooseGroups(options.project, options.groups);
  requireFunctions(
    chosen.map((group) => [group, sourceOf(options.project, group)]),
    options.engine.functions,
  );
  using _lock = lockHome(options.home, "materialize");
  const ahead = asked !== undefined && asked > (options.clock ?? systemClock)() ? asked : undefined;
  const since = await feedGroups(options, chosen, ahead);
  try {
    const { asOf, project } = await startOf(options, chosen, { asked, from }, since);
    return await holdingFiles({ ...options, project }, { signal: options.signal }, (held) =>
      loadChosen(held, chosen, { asOf, from }, since),
    );
  } finally {
    // What is loaded says its moment by itself, and what is not takes rows before it.
    if (ahead !== undefined) await feedGroups(options, chosen).catch(() => undefined);
  }
}

/** As of when a load is to be, and what it reads: for one as of the clock a moment that no pushed row counts from. */
async function startOf(
  options: MaterializeOptions,
  chosen: readonly GroupPlan[],
  { asked, from }: { readonly asked: Micros | undefined; readonly from: Micros | undefined },
  since: FedSince,
): Promise<{ readonly asOf: Micros; readonly project: ProjectPlan }> {
  for (;;) {
    const moment = asked ?? (await nowBehind(options, chosen, since));
    if (from !== undefined) await refuseSince(options, chosen, from, moment);
    const close = asked === undefined ? closeNow : closeAsked;
    const asOf = await close(options, chosen, moment);
    // Fetching tells nothing of its own: it is a part of the steps that are told.
    const project = await pushedProject(options, chosen, asOf);
    // What the load brings first counts from its switch, behind such a row, and has the load's moment until then.
    if (asked !== undefined || !(await isMomentOfPushed(options, chosen, asOf))) return { asOf, project };
    await waitUntil(asOf + 1, options.clock ?? systemClock, options.signal);
  }
}

/** As of when a load is, and since when it takes rows in; all where that is absent. */
interface LoadedTime {
  readonly asOf: Micros;
  readonly from: Micros | undefined;
}

async function loadChosen(
  options: MaterializeOptions,
  chosen: readonly GroupPlan[],
  time: LoadedTime,
  since: FedSince,
): Promise<MaterializeResult> {
  const { asOf, from } = time;
  const plans = await planGroups(options, chosen, time);
  const pointers = await currentPointers(options.store, chosen);
  for (const [i, { name, files, overlay }] of plans.entries())
    refusePast(name, files, { overlay, since: since.get(name) }, pointers[i], asOf);
  const { store, clock = systemClock } = options;
  const switches: PointerSwitch[] = [];
  const loaded: LoadedGroup[] = [];
  const results: MaterializedGroup[] = [];
  let appliedAt = asOf;
  let lateBy = 0;
  const begun: { readonly group: string; readonly generation: number }[] = [];
  const changed = new ChangedKeys(options.engine, options.signal);
  try {
    for (const [i, plan] of plans.entries()) {
      const current = pointers[i];
      if (current?.inputs === plan.inputs) {
        const { generation, counts } = current;
        // A table is of no time: what was loaded of the same files is as of the later moment, too.
        if (asOf > (current.confirmed ?? current.asOf))
          switches.push({ pointer: { ...current, confirmed: asOf }, expected: generation });
        results.push({ group: plan.name, status: "unchanged", generation, ...counts, seconds: 0 });
        continue;
      }
      const started = performance.now();
      const begin = async (): Promise<GenerationWriter> => {
        const last = begun.at(-1);
        if (last?.group === plan.name) await store.drop(plan.name, last.generation);
        const writer = await store.begin(plan.name);
        begun.push({ group: plan.name, generation: writer.generation });
        return writer;
      };
      const group = await loadGroup({
        ...options,
        plan,
        asOf,
        since: from,
        fedSince: since.get(plan.name),
        current,
        changed,
        begin,
      });
      const { pointer, how } = group;
      const seconds = (performance.now() - started) / 1000;
      loaded.push(group);
      const { generation, counts } = pointer;
      results.push({ group: plan.name, status: "loaded", generation, ...counts, loaded: how, seconds });
    }
    // Requests of before its moment are answered by the load before, also once it is switched to: so that training can tell. A first load has none before it.
    const replaces = options.asOf === undefined && loaded.some(({ pointer }) => pointer.before !== undefined);
    if (replaces) appliedAt = clock() + store.switchLead;
    for (const group of loaded) switches.push(await finished(group, appliedAt, clock()));
    await switchTo(store, switches);
    if (replaces) lateBy = Math.max(0, clock() + store.staleness - appliedAt);
  } catch (error) {
    // What cannot be dropped now goes when the group is loaded next: nobody reads it.
    await Promise.allSettled(begun.map(async ({ group, generation }) => options.store.drop(group, generation)));
    throw error;
  } finally {
    await changed.close();
  }
  await dropOld(store, switches);
  // With the home locked: the next load begins behind it.
  if (options.asOf === undefined) await waitUntil(appliedAt, clock);
  return { asOf, appliedAt, lateBy, ...(from === undefined ? {} : { since: from }), groups: results };
}

/** Writes what a generation says of when its rows were applied; gives the switch to it. */
async function finished({ writer, pointer, log }: LoadedGroup, at: Micros, writtenAt: Micros): Promise<PointerSwitch> {
  const { before, asOf } = pointer;
  const appliedAt = before === undefined ? asOf : at;
  if (log !== undefined)
    await writer.write(recordBatch([appliedKey], [encodeLog(withWritten(log, { writtenAt, appliedAt }))]));
  if (before === undefined) return { pointer };
  return { pointer: appliedAt === asOf ? pointer : { ...pointer, appliedAt }, expected: before.generation };
}

/**
 * The clock's moment, once the last switch's has come: a load that was killed just behind its switch did not wait for it; and that of the last row which was pushed before its
 * source fed a group. One that is further ahead than any is made is of another clock, and not waited for.
 */
async function nowBehind(
  { store, clock = systemClock, signal }: MaterializeOptions,
  groups: readonly GroupPlan[],
  since: FedSince,
): Promise<Micros> {
  const now = clock();
  const isMade = (moment: Micros, lead: Micros): boolean => moment > now && moment - now <= lead;
  const switches = (await currentPointers(store, groups)).flatMap((pointer) => pointer?.appliedAt ?? []);
  const last = Math.max(
    now,
    ...switches.filter((moment) => isMade(moment, store.switchLead)),
    ...[...since.values()].filter((moment) => isMade(moment, (store.pushed?.lead ?? 0) + longestWait)),
  );
  if (last === now) return now;
  await waitUntil(last, clock, signal);
  return Math.max(last, clock());
}

/**
 * The groups of these names, or all with something to load.
 * @throws TondoError `UNKNOWN_GROUP`, `INVALID_ARGUMENT` for one that only looks forward
 */
export function chooseGroups(project: ProjectPlan, names: readonly string[] | undefined): readonly GroupPlan[] {
  const loadable = project.groups.filter(({ stored }) =>
    stored.some((plan) => plan.kind === "column" || plan.direction === "back"),
  );
  if (names === undefined) return loadable;
  return [...new Set(names)].map((name) => {
    const group = loadable.find((one) => groupName(one) === name);
    if (group !== undefined) return group;
    const isLabels = project.groups.some((one) => groupName(one) === name);
    throw new TondoError(
      isLabels ? "INVALID_ARGUMENT" : "UNKNOWN_GROUP",
      isLabels ? `"${name}" only looks forward: there is nothing to load` : `there is no group "${name}"`,
      { hint: `Groups to load are ${loadable.map(groupName).join(", ")}.` },
    );
  });
}

async function planGroups(
  options: MaterializeOptions,
  groups: readonly GroupPlan[],
  { asOf, from }: LoadedTime,
): Promise<readonly PlannedGroup[]> {
  const { project, progress = silentProgress, signal } = options;
  const erasedKeys = (await options.erased?.()) ?? (() => undefined);
  progress.start("hashing source files");
  const digests = new Map<string, readonly SourceFile[]>();
  const plans: PlannedGroup[] = [];
  for (const group of groups) {
    const source = sourceOf(project, group);
    let files = digests.get(source.name);
    if (files === undefined) {
      files = await digestSource(source, options, signal);
      digests.set(source.name, files);
    }
    const planned = planLayout(group, source);
    const erased = erasedKeys(group.entity);
    const overlay = source.kind === "table" ? undefined : overlayOf(group, source);
    const since = source.kind === "table" ? undefined : from;
    const inputs = loadInputs({ source, layout: planned.layout, overlay, files, asOf, erased: erased?.digest, since });
    plans.push({ name: groupName(group), group, source, planned, files, inputs, overlay, erased });
  }
  progress.finish();
  return plans;
}

async function currentPointers(
  store: OnlineStore,
  groups: readonly GroupPlan[],
): Promise<readonly (GroupPointer | undefined)[]> {
  const names = groups.map(groupName);
  const view = await store.view(names);
  try {
    return names.map((name) => view.pointer(name));
  } finally {
    view.close();
  }
}

async function switchTo(store: OnlineStore, switches: readonly PointerSwitch[]): Promise<void> {
  if (switches.length === 0) return;
  if (!(await store.switchPointers(switches))) {
    throw new TondoError("HOME_BUSY", "somebody else loaded one of these groups meanwhile; nothing was switched", {
      hint: "Materialize again, and keep one home to one store.",
    });
  }
}

/** The one that was current stays for rollback; what is older than it has no reader left. */
async function dropOld(store: OnlineStore, switches: readonly PointerSwitch[]): Promise<void> {
  for (const { pointer } of switches) {
    for (const generation of await store.generations(pointer.group)) {
      if (generation !== pointer.generation && generation !== pointer.previous) {
        await store.drop(pointer.group, generation);
      }
    }
    await dropPushed(store, pointer);
  }
}

/** What both generations hold is read in them, and what definitions pushed of which neither is, by nobody. */
async function dropPushed({ pushed }: OnlineStore, { group, asOf, overlay, before }: GroupPointer): Promise<void> {
  if (pushed === undefined) return;
  const held = before === undefined ? -Infinity : Math.min(asOf, before.asOf);
  for (const one of await pushed.overlays(group)) {
    const isRead = one === overlay || one === before?.overlay;
    await pushed.retire(group, one, isRead ? held : Infinity);
  }
}
