import { type Clock, type Micros, type Progress, silentProgress, systemClock } from "../../core/index.ts";
import { type AppliedLog, type AppliedRows, appliedRows, withLoad } from "../applied/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import { type OpenedSource, openSource, type Sight } from "../offline/sources/open-source.ts";
import type { SourceRelation } from "../offline/sources/source-relation.ts";
import { countWaiting } from "../offline/sources/waiting-rows.ts";
import { readApplied } from "../online/applied-record.ts";
import type { PlannedLayout, WindowLayout } from "../online/group-layout.ts";
import { earlierPointer } from "../online/group-pointer.ts";
import type { GenerationWriter, GroupPointer, LoadCounts, OnlineStore } from "../online/index.ts";
import { recentHorizon } from "../online/recent-rows.ts";
import { lastPushed } from "../pushed/index.ts";
import type { ChangedKeys } from "./changed-keys.ts";
import { type ChosenLoad, chooseLoad } from "./choose-load.ts";
import { type CopiedCounts, copyUnchanged } from "./copy-unchanged.ts";
import { GenerationLoad } from "./generation-load.ts";
import type { FullReason, HowLoaded } from "./how-loaded.ts";
import { defaultMaterializeLimits, type MaterializeLimits } from "./materialize-limits.ts";
import type { PlannedGroup } from "./planned-group.ts";
import { loadRecent } from "./recent-load.ts";
import { loadRows } from "./row-load.ts";
import { loadWindows } from "./window-load.ts";
import { oldestEvents } from "./window-sql.ts";

/** What the load of a group is done with. */
export interface GroupLoading extends FilePlaces {
  readonly plan: PlannedGroup;
  readonly store: OnlineStore;
  readonly engine: Engine;
  readonly asOf: Micros;
  /** Since when rows that no load before had applied are taken in; all where it is absent. */
  readonly since?: Micros | undefined;
  /** Behind which moment all that is pushed comes in the group. */
  readonly fedSince: Micros | undefined;
  readonly full?: boolean;
  /** What is current of the group. */
  readonly current: GroupPointer | undefined;
  /** What was found to be new, for all groups of the load. */
  readonly changed: ChangedKeys;
  /** Begins a generation of the group, and drops the one that was begun before. */
  readonly begin: () => Promise<GenerationWriter>;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly limits?: Partial<MaterializeLimits>;
}

/** A group that has been loaded, but for what is written last. */
export interface LoadedGroup {
  readonly writer: GenerationWriter;
  readonly pointer: GroupPointer;
  /** Of tables there is none. */
  readonly log: AppliedLog | undefined;
  readonly how: HowLoaded;
}

/** What is about to be written into a generation. */
interface Computing {
  readonly writer: GenerationWriter;
  readonly opened: OpenedSource;
  /** Which keys are computed: all but where some are copied. */
  readonly sight: Sight;
  readonly relation: SourceRelation;
  readonly isReadAgain: boolean;
  /** The records that were copied before; or why all keys are computed. */
  readonly others: CopiedCounts | FullReason;
}

/** Loads a group into a new generation, whole: its records computed from its source, or those of keys that nothing new came to copied. */
export async function loadGroup(loading: GroupLoading): Promise<LoadedGroup> {
  const { plan, asOf, since, store, engine, signal, changed, begin, progress = silentProgress } = loading;
  const { name, group, source, planned } = plan;
  const before = source.kind === "table" ? undefined : await readApplied(store, name);
  const applied = source.kind === "table" ? undefined : appliedBy(plan, before, asOf, since);
  const opened = await openSource(engine, group, source, loading, applied);
  progress.start(`materializing ${name}`);
  const chosen = await chosenLoad(loading, opened, before, applied?.log);
  const rowsWaiting = await countWaiting(engine, opened.whole, name, signal);
  const computed = async (computing: Computing): Promise<LoadedGroup> => {
    const loaded = await computeKeys(loading, applied?.log, computing);
    if (rowsWaiting === 0) return loaded;
    const { pointer } = loaded;
    return { ...loaded, pointer: { ...pointer, counts: { ...pointer.counts, rowsWaiting } } };
  };
  const all = { opened, sight: {}, relation: opened.whole, isReadAgain: opened.isReadAgain };
  if (chosen.how === "full") return computed({ writer: await begin(), ...all, others: chosen.reason });
  const { from, keys } = chosen;
  const sight = { keys: keys.table, keysAlone: true };
  const relation = await opened.seen(sight, signal);
  const writer = await begin();
  const copied =
    writer.current?.generation !== from.generation
      ? undefined
      : await copyUnchanged({
          ...{ writer, from, layout: planned.layout, asOf, signal },
          changed: await changed.encoded(keys, relation, planned.layout, `materializing ${name}`),
          onKeys: (count) => {
            progress.update(count);
          },
        });
  if (copied === undefined) return computed({ writer: await begin(), ...all, others: "records" });
  return computed({ writer, opened, sight, relation, isReadAgain: false, others: copied });
}

function chosenLoad(
  { plan, asOf, current, changed, folder, full = false, limits }: GroupLoading,
  { whole: relation }: OpenedSource,
  before: AppliedLog | undefined,
  log: AppliedLog | undefined,
): Promise<ChosenLoad> {
  return chooseLoad({
    ...{ plan, asOf, full, current, before, log, relation, changed, folder },
    limits: { ...defaultMaterializeLimits, ...limits },
  });
}

/** Computes and writes the records of the keys of a relation, and makes the pointer. */
async function computeKeys(
  loading: GroupLoading,
  log: AppliedLog | undefined,
  computing: Computing,
): Promise<LoadedGroup> {
  const { writer, opened, sight, relation, isReadAgain, others } = computing;
  const { plan, engine, asOf, fedSince, signal, progress = silentProgress, clock = systemClock } = loading;
  const { name, group, source, planned, files } = plan;
  const limits = { ...defaultMaterializeLimits, ...loading.limits };
  const into = new GenerationLoad(name, writer, limits, plan.erased?.has);
  const copied = typeof others === "string" ? undefined : others;
  const onKeys = (keys: number): void => {
    progress.update((copied?.keys ?? 0) + keys);
  };
  const load = {
    ...{ engine, group, relation, isReadAgain, asOf, limits, into, doing: `materializing ${name}`, onKeys },
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    if (isWindows(planned))
      await loadWindows({ ...load, relation: await relationOfWindows(loading, planned, computing) }, planned);
    else if (planned.layout.kind === "rows") await loadRows(load, planned.layout, source.kind === "table");
    await into.finish();
    const { layout } = planned;
    if (source.id !== undefined && layout.kind === "windows")
      await loadRecent({ ...loading, opened, sight, writer, limits, doing: load.doing }, layout);
  } catch (error) {
    await into.abandon();
    throw error;
  }
  const counts = together(into.counts, copied);
  const made = `${String(into.counts.keys)} keys from ${String(into.counts.rows)} rows`;
  progress.finish(copied === undefined ? made : `${made}, ${String(copied.keys)} keys copied`);
  const pushed = files.flatMap(({ path, isPushed }) => (isPushed === true ? [lastPushed(path)] : []));
  const pointer: GroupPointer = {
    version: 1,
    group: name,
    generation: writer.generation,
    ...(writer.current === undefined
      ? {}
      : { previous: writer.current.generation, before: earlierPointer(writer.current) }),
    asOf,
    ...(plan.overlay === undefined ? {} : { overlay: plan.overlay }),
    ...(source.id === undefined || !isWindows(planned) ? {} : { recentFrom: asOf - recentHorizon }),
    ...(fedSince !== undefined && writer.current !== undefined && fedSince > writer.current.asOf ? { fedSince } : {}),
    ...(pushed.length === 0 ? {} : { pushedUntil: Math.max(...pushed) }),
    loadedAt: clock(),
    inputs: plan.inputs,
    ...(plan.erased === undefined ? {} : { erased: plan.erased.digest }),
    layout: planned.layout,
    counts,
  };
  const how: HowLoaded =
    typeof others === "string"
      ? { how: "full", reason: others }
      : { how: "incremental", copied: others.keys, computed: into.counts.keys };
  return { writer, pointer, log, how };
}

/** What windows are loaded from. Versions are told apart before anything is left out of what they gave, so that of events with an `id` what no window needs is left out as files are read. */
function relationOfWindows(
  { plan: { source }, asOf, signal }: GroupLoading,
  { layout }: PlannedLayout<WindowLayout>,
  { opened, sight, relation }: Computing,
): SourceRelation | Promise<SourceRelation> {
  if (source.id === undefined) return relation;
  return opened.seen({ ...sight, from: BigInt(oldestEvents(layout, asOf)) }, signal);
}

function together(computed: LoadCounts, copied: CopiedCounts | undefined): LoadCounts {
  if (copied === undefined) return computed;
  const { keys, parts, bytes } = copied;
  return {
    ...computed,
    keys: computed.keys + keys,
    parts: computed.parts + parts,
    bytes: computed.bytes + bytes,
  };
}

/** When the rows of a group's files were first applied, this load included: those that it applies from its moment on. */
function appliedBy(
  { source, files }: PlannedGroup,
  before: AppliedLog | undefined,
  asOf: Micros,
  since: Micros | undefined,
): AppliedRows {
  const digests = files.flatMap(({ digest, isPushed }) => (isPushed === undefined ? [digest] : []));
  return appliedRows(withLoad(before, { source, asOf, appliedAt: asOf, files: digests, since }), files);
}

function isWindows(planned: PlannedLayout): planned is PlannedLayout<WindowLayout> {
  return planned.layout.kind === "windows";
}
