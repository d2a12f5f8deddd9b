import { type Clock, formatMicros, type Micros, TondoError } from "../../core/index.ts";
import { functionLibrary, type ProjectPlan, type SourcePlan, type UserFunction } from "../../dsl/index.ts";
import type { ErasedKeys } from "../erase/erased-keys.ts";
import { decodePushed } from "../online/codec/index.ts";
import { overlayOf } from "../online/group-pointer.ts";
import { groupName, type OnlineStore, type PushedRows } from "../online/index.ts";
import { lateText } from "../online/pushed-values.ts";
import { recentHorizon, recentKey, tooManyRecent } from "../online/recent-rows.ts";
import type { PushedGroup, PushedPlace, PushedStore, RowFolding } from "../online/pushed-store.ts";
import type { StreamMove } from "../online/stream-position.ts";
import { chosenGroups, notLoaded, OtherFeeds, refuseBefore, requireOverlay } from "./chosen-groups.ts";
import { type FedGroup, type FedSource, fedSource, isFed } from "./fed-source.ts";
import { rowFolding } from "./fold-rows.ts";
import { GrownOld, lateRows } from "./late-rows.ts";
import type { PlacedRow } from "./place-rows.ts";
import { defaultPushLimits, longestWait, type PushLimits } from "./push-limits.ts";

/** What rows are applied by. */
export interface PushingOptions {
  readonly project: ProjectPlan;
  /** The definitions in force, asked where the store knows of other ones; default: `project`, always. */
  readonly inForce?: (() => Promise<ProjectPlan>) | undefined;
  readonly store: OnlineStore;
  readonly clock: Clock;
  /** The functions of the project's own. */
  readonly functions?: readonly UserFunction[] | undefined;
  /** Which keys were erased: rows of those are dropped. */
  readonly erased: () => Promise<ErasedKeys>;
  readonly limits?: Partial<PushLimits> | undefined;
}

/** Rows that are to be applied, as the definitions that were asked for have them. */
export interface RowsToApply {
  /** The columns of each as JSON. */
  readonly texts: readonly string[];
  /** By group of the source, where each row comes. */
  readonly placed: readonly (readonly PlacedRow[])[];
  /** What the log has of each row before its text; default: nothing. */
  readonly origins?: readonly string[];
  /** How far the source has been read with them. */
  readonly moves?: readonly StreamMove[];
}

/** How often rows are tried where definitions are applied meanwhile. */
const mostTurns = 4;

/**
 * Applies rows of sources to all groups over them, by the definitions in force: where a load was begun of others than were known here, they are
 * read anew.
 */
export class RowApplication {
  readonly limits: PushLimits;
  readonly #options: PushingOptions;
  readonly #sources: Map<string, FedSource> = new Map<string, FedSource>();
  readonly #foldings: WeakMap<FedGroup, RowFolding | "none"> = new WeakMap<FedGroup, RowFolding | "none">();
  #project: ProjectPlan;

  constructor(options: PushingOptions) {
    this.#options = options;
    this.#project = options.project;
    this.limits = { ...defaultPushLimits, ...options.limits };
  }

  /** Goes by these definitions from now on. */
  use(project: ProjectPlan): void {
    this.#project = project;
    this.#sources.clear();
  }

  /**
   * Applies rows of a source: all of them or none. They are durable when it returns.
   *
   * @param make gives the rows by what is known of their source; asked again where that became another. Nothing is applied where it gives `undefined`
   * @throws TondoError `INVALID_ARGUMENT` where the source takes none, `LIMIT_EXCEEDED`, `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `ERASURES_UNREADABLE`, what `make` throws, and what the
   * store throws
   */
  async apply(
    name: string,
    make: (fed: FedSource) => RowsToApply | undefined | Promise<RowsToApply | undefined>,
  ): Promise<PushedRows | undefined> {
    const { pushed, kind } = this.#options.store;
    if (pushed === undefined) throw takesNone(kind);
    for (let turn = 1; ; turn++) {
      try {
        const fed = this.#source(name);
        const rows = await make(fed);
        return rows === undefined ? undefined : await this.#apply(pushed, fed, rows);
      } catch (error) {
        if (error instanceof GrownOld) {
          if (turn < mostTurns) continue;
          throw new TondoError(
            "HOME_BUSY",
            `rows for "${name}" grew a day old while they were on their way, again and again`,
            {
              hint: "Nothing was pushed: push again.",
            },
          );
        }
        if (!(error instanceof OtherFeeds)) throw error;
        if (turn === mostTurns) throw appliedMeanwhile(name, error);
        await this.#catchUp(pushed, name, error.feeds);
      }
    }
  }

  /** Reads the definitions in force, by which groups are fed as the store says, or are no more. */
  async #catchUp(pushed: PushedStore, name: string, feeds: OtherFeeds["feeds"]): Promise<void> {
    this.use((await this.#options.inForce?.()) ?? this.#project);
    const { groups, sources } = this.#project;
    const source = sources.find((one) => one.name === name);
    for (const [group, feed] of feeds) {
      const plan = groups.find(
        (one) => groupName(one) === group && isFed(one, sources) && (feed !== undefined || one.source === name),
      );
      if (plan === undefined) {
        if (feed !== undefined && feed.overlay !== null) await pushed.starve(group, feed);
      } else if (
        feed === undefined ||
        source === undefined ||
        plan.source !== name ||
        overlayOf(plan, source) !== feed.overlay
      )
        throw notLoaded(group);
    }
  }

  async #apply(pushed: PushedStore, fed: FedSource, rows: RowsToApply): Promise<PushedRows> {
    const { store, clock, erased: readErased } = this.#options;
    const { source, groups } = fed;
    const { texts, placed, origins = [], moves } = rows;
    const erasedKeys = await readErased();
    const isErased = (i: number, keys: ErasedKeys): boolean =>
      groups.some(({ plan }, g) => {
        const key = placed[g]?.[i]?.key;
        return key !== undefined && keys(plan.entity)?.has(key) === true;
      });
    const kept = [...texts.keys()].filter((i) => !isErased(i, erasedKeys));
    const erased = texts.length - kept.length;
    if (kept.length === 0) {
      if (moves !== undefined) await pushed.move(source.name, moves);
      return { appliedAt: clock(), lateBy: 0, rows: 0, waiting: 0, erased };
    }
    const late = lateRows(source, placed[0] ?? [], clock() + pushed.lead);
    const pushedGroups = groups.map((group, g) =>
      this.#pushedGroup(source, group, kept, (i) => (late.has(i) ? undefined : placed[g]?.[i])),
    );
    if (source.id !== undefined) await refuseTooMany(store, pushedGroups);
    const logged = (i: number): string => {
      const text = (origins[i] ?? "") + (texts[i] ?? "");
      return late.has(i) ? lateText(text) : text;
    };
    const done = await pushed.push({
      source: source.name,
      texts: kept.map((i) => texts[i] ?? ""),
      logged: kept.map(logged),
      groups: pushedGroups,
      choose: (feeds, pointers) => chosenGroups(pushedGroups, feeds, pointers),
      clock,
      moves,
    });
    // A key that was erased meanwhile was looked for before its row was there, or its erasure is known now.
    const now = await readErased();
    const isGone = (i: number): boolean => isErased(i, now);
    const gone = new Set(kept.flatMap((i, place) => (isGone(i) ? [done.first + place] : [])));
    if (gone.size > 0) await dropMoments(pushed, source.name, groups, gone);
    const lateBy = Math.max(0, done.seenFrom - done.first);
    const waiting = kept.filter((i) => late.has(i) && !isGone(i)).length;
    return {
      ...{ appliedAt: done.last, lateBy, waiting },
      rows: kept.length - gone.size - waiting,
      erased: erased + gone.size,
    };
  }

  #source(name: string): FedSource {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const made = fedSource(this.#project, name, functionLibrary(this.#options.functions));
    this.#sources.set(name, made);
    return made;
  }

  #folding(source: SourcePlan, group: FedGroup): RowFolding | undefined {
    const known = this.#foldings.get(group);
    if (known !== undefined) return known === "none" ? undefined : known;
    const made = rowFolding(group.plan, source, functionLibrary(this.#options.functions), this.limits);
    this.#foldings.set(group, made ?? "none");
    return made;
  }

  /** A clock that was set back is behind what was pushed by it before, and no row may be. */
  #refuseAhead(first: Micros): void {
    const { store, clock } = this.#options;
    const now = clock();
    if (first - now <= (store.pushed?.lead ?? 0) + longestWait) return;
    throw new TondoError(
      "MOMENT_NOT_SERVED",
      `rows were pushed until ${formatMicros(first - 1)}, which is ahead of this clock`,
      {
        hint: "Set the clock of the machine right, or wait until that moment has come.",
        details: { now, last: first - 1 },
      },
    );
  }

  /** @param kept the places of the rows among those that were given */
  #pushedGroup(
    source: SourcePlan,
    fedGroup: FedGroup,
    kept: readonly number[],
    placed: (i: number) => PlacedRow | undefined,
  ): PushedGroup {
    const { name, overlay } = fedGroup;
    const keys = new Map<string, { readonly key: Uint8Array; readonly rows: PushedPlace[] }>();
    let oldest: Micros = Infinity;
    for (const [place, i] of kept.entries()) {
      const row = placed(i);
      if (row?.key === undefined) continue;
      if (row.t < oldest) oldest = row.t;
      const id = Buffer.from(row.key).toString("latin1");
      const own = keys.get(id) ?? { key: row.key, rows: [] };
      own.rows.push({ place, t: row.t });
      keys.set(id, own);
    }
    const { maxRowsPerKey } = this.limits;
    const pushed: PushedGroup = {
      group: name,
      overlay,
      keys: [...keys.values()],
      folding: this.#folding(source, fedGroup),
      mostHeld: maxRowsPerKey,
      admit: (pointer, first, held) => {
        this.#refuseAhead(first);
        requireOverlay(pushed, pointer);
        refuseBefore(name, pointer?.asOf, first);
        if (source.id !== undefined && oldest < first + kept.length - 1 - recentHorizon) throw new GrownOld();
        if (held <= maxRowsPerKey) return;
        throw new TondoError(
          "LIMIT_EXCEEDED",
          `a key of ${name} would have ${String(held)} pushed rows that no load has taken in`,
          {
            hint: "Materialize the group, more often than now, or raise the limit `maxRowsPerKey`.",
            details: { group: name, rows: held },
          },
        );
      },
    };
    return pushed;
  }
}

/**
 * Refuses rows of a key of which a load had too many recent ones to keep them.
 * @throws TondoError `LIMIT_EXCEEDED`
 */
async function refuseTooMany(store: OnlineStore, groups: readonly PushedGroup[]): Promise<void> {
  const view = await store.view(groups.map(({ group }) => group));
  try {
    for (const { group, keys } of groups) {
      const generation = view.pointer(group)?.generation;
      if (generation === undefined) continue;
      const recent = keys.flatMap(({ key }) => recentKey(key) ?? []);
      await view.read(group, generation, recent, (_, record) => {
        if (record !== undefined && decodePushed(record).length === 0) throw tooManyRecent(group);
      });
    }
  } finally {
    view.close();
  }
}

function appliedMeanwhile(source: string, cause: OtherFeeds): TondoError {
  return new TondoError("HOME_BUSY", `groups over "${source}" were applied and loaded again and again meanwhile`, {
    hint: "Nothing was pushed: push again.",
    details: { groups: [...cause.feeds.keys()] },
  });
}

function takesNone(kind: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `the online store "${kind}" takes no pushed rows`, {
    hint: "Push with LMDB or Cassandra; or write files and materialize.",
  });
}

/** Removes rows again, by their moments. */
async function dropMoments(
  pushed: PushedStore,
  source: string,
  groups: readonly FedGroup[],
  gone: ReadonlySet<Micros>,
): Promise<void> {
  await pushed.dropLogged(source, ({ k }) => gone.has(k));
  for (const { name, overlay } of groups) await pushed.drop(name, overlay, ({ k }) => gone.has(k));
}
