import { type Clock, type Micros, type Progress, silentProgress, TondoError } from "../../core/index.ts";
import type { Database } from "../../database/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { lockHome } from "../home-lock.ts";
import { type FilePlaces, holdingFiles } from "../offline/files/file-places.ts";
import type { EntityKeys } from "../online/entity-keys.ts";
import type { GroupPointer, OnlineStore } from "../online/index.ts";
import { recentKey } from "../online/recent-rows.ts";
import type { ErasableLog } from "./erasable-log.ts";
import { type ErasedKey, erasedKey, storedForms } from "./erased-key.ts";
import { requireSecret } from "./erased-keys.ts";
import { beginErasure, type ErasedPlace, finishErasure, standingErasures } from "./erasure-records.ts";
import { makeSecret } from "./erasure-secret.ts";
import { rowsOfKey, type SourceRows } from "./source-rows.ts";

/** Which key is to be erased, from where. */
export interface EraseOptions extends FilePlaces {
  readonly project: ProjectPlan;
  readonly entity: string;
  /** Its value, or the parts of it by name. */
  readonly key: EntityKeys[string];
  /** The home: locked meanwhile. */
  readonly home: string;
  readonly database: Database;
  readonly store: OnlineStore;
  readonly engine: Engine;
  /** What else keeps rows by key. */
  readonly logs: readonly ErasableLog[];
  /** Tells readers of this process that the key's records are others now, in whichever groups they know. It must not fail: the store is erased by then. */
  readonly evict: () => void;
  /** Writes the store's file anew once the key is found nowhere any more; the store is closed by it. */
  readonly compact?: () => Promise<NonNullable<EraseResult["compacted"]>>;
  readonly actor: string;
  readonly clock: Clock;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What an erasure did. */
export interface EraseResult {
  /** `false` for a dry run: nothing has changed. */
  readonly done: boolean;
  /** Under which it is recorded; `null` for a dry run. */
  readonly id: string | null;
  readonly entity: string;
  readonly at: Micros;
  readonly by: string;
  /** How many records there were; 0 where the key was nowhere. */
  readonly found: number;
  /** By place, before and after; those that never held any, too. */
  readonly places: readonly ErasedPlace[];
  /** Where the key still stands: the files of sources are their owner's, and are left as they are. */
  readonly sources: readonly SourceRows[];
  /** What may still be read from the store's disks, and for how long. */
  readonly remains: string;
  /** How large the file of the store was and is, bytes; `null` where it was not to be compacted. */
  readonly compacted: { readonly bytesBefore: number; readonly bytesAfter: number } | null;
}

/**
 * Removes a key from all that is kept of it: the online store, every generation of every group of its entity, what readers of this process keep, and logs.
 * A scan of all of them afterwards finds it nowhere, or the call fails. That it was done is recorded, of which key is not: loads know it by a keyed hash alone, and
 * leave it out from then on.
 *
 * Before anything is removed it is recorded that the key is erased. So what is killed on the way is done again by the same call, and no load can bring
 * the key back meanwhile.
 *
 * @throws TondoError `KEY_INVALID`, `HOME_BUSY` while groups are loaded, `ERASE_INCOMPLETE`, `ERASURES_UNREADABLE`, `ABORTED`, and what the store throws
 */
export async function erase(options: EraseOptions): Promise<EraseResult> {
  const { project, entity, home, dryRun = false, signal } = options;
  const key = erasedKey(project, entity, options.key);
  using _lock = dryRun ? undefined : lockHome(home, "erase");
  return await holdingFiles(options, { signal }, (held) => eraseHeld(held, key, dryRun));
}

async function eraseHeld(options: EraseOptions, key: ErasedKey, dryRun: boolean): Promise<EraseResult> {
  const { database, home, store, logs, actor, clock, progress = silentProgress } = options;
  const entity = key.entity.name;
  progress.start(`looking for the key of ${entity}`);
  const groups = (await store.groups()).filter((group) => group.startsWith(`${entity}:`));
  const before = await countAll(options, groups, key);
  const sources = await rowsOfKey(key, options);
  progress.finish(`${String(total(before))} records`);
  const said = { entity, by: actor, found: total(before), sources, remains: store.afterErasure };
  if (dryRun) return { ...said, done: false, id: null, at: clock(), places: paired(before, before), compacted: null };

  const secret = await makeSecret(home);
  const standing = (await standingErasures(database)).filter((one) => one.entity === entity);
  requireSecret(secret, standing, home);
  const digest = { entity, digest: secret.digest(entity, key.bytes), secret: secret.id };
  const id = await beginErasure(database, digest, { at: clock(), by: actor });
  progress.start(`erasing a key of ${entity}`);
  for (const group of groups) await store.erase(group, await formsIn(store, group, key));
  options.evict();
  for (const log of logs) await log.erase(key);
  const after = await countAll(options, groups, key);
  const places = paired(before, after);
  refuseRest(entity, places);
  const at = clock();
  await finishErasure(database, id, { at, places });
  progress.finish("nothing of it is found any more");
  return { ...said, done: true, id, at, places, compacted: (await options.compact?.()) ?? null };
}

type Count = Omit<ErasedPlace, "before" | "after"> & { readonly records: number };

async function countAll(
  { store, logs }: EraseOptions,
  groups: readonly string[],
  key: ErasedKey,
): Promise<readonly Count[]> {
  const counts: Count[] = [];
  for (const group of groups) {
    const forms = await formsIn(store, group, key);
    for (const one of await store.recordsOf(group, forms)) counts.push({ place: "online", group, ...one });
  }
  for (const log of logs) counts.push({ place: log.name, records: await log.scan(key) });
  return counts;
}

/** A key as the generations of a group hold it, for its record and for its recent rows. */
async function formsIn(store: OnlineStore, group: string, key: ErasedKey): Promise<readonly Uint8Array[]> {
  const view = await store.view([group]);
  let pointer: GroupPointer | undefined;
  try {
    pointer = view.pointer(group);
  } finally {
    view.close();
  }
  const loaded = [pointer?.layout, pointer?.before?.layout].flatMap((layout) =>
    layout === undefined ? [] : [layout.key],
  );
  const forms = storedForms(key, loaded);
  return [...forms, ...forms.flatMap((form) => recentKey(form) ?? [])];
}

function total(counts: readonly Count[]): number {
  return counts.reduce((sum, { records }) => sum + records, 0);
}

/** What each place held before and after; a generation that went away meanwhile holds nothing. */
function paired(before: readonly Count[], after: readonly Count[]): readonly ErasedPlace[] {
  const nameOf = ({ place, group, generation }: Count): string => JSON.stringify([place, group, generation]);
  const left = new Map(after.map((one) => [nameOf(one), one]));
  const known = new Set(before.map(nameOf));
  const place = ({ records: _records, ...rest }: Count, was: number, is: number): ErasedPlace => ({
    ...rest,
    before: was,
    after: is,
  });
  return [
    ...before.map((one) => place(one, one.records, left.get(nameOf(one))?.records ?? 0)),
    ...after.filter((one) => !known.has(nameOf(one))).map((one) => place(one, 0, one.records)),
  ];
}

function refuseRest(entity: string, places: readonly ErasedPlace[]): void {
  const rest = places.filter(({ after }) => after > 0);
  if (rest.length === 0) return;
  const named = rest.map(({ place, group, generation, after }) =>
    group === undefined
      ? `${place} (${String(after)})`
      : `${group}, generation ${String(generation)} (${String(after)})`,
  );
  throw new TondoError("ERASE_INCOMPLETE", `the key of ${entity} is still found: ${named.join("; ")}`, {
    hint: "Something writes it meanwhile, or a process that lives has it in its journal of served features, which it seals after some minutes (`sealAfterMs`): wait, or stop it, and erase again.",
    details: { places: rest },
  });
}
