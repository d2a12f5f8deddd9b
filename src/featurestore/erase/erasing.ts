import { type AnyProject, type Clock, type Progress, type ProjectTypes, TondoError } from "../../core/index.ts";
import type { Database } from "../../database/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { lockHome } from "../home-lock.ts";
import type { FilePlaces } from "../offline/files/file-places.ts";
import type { EntityKeys } from "../online/entity-keys.ts";
import type { OnlineStore } from "../online/index.ts";
import type { ErasableLog } from "./erasable-log.ts";
import { erase, type EraseResult } from "./erase.ts";
import { erasedKey } from "./erased-key.ts";
import { requireSecret } from "./erased-keys.ts";
import { type Erasure, forgetErasures, listErasures, standingErasures } from "./erasure-records.ts";
import { readSecret } from "./erasure-secret.ts";

/** How a key is erased. */
export interface EraseCallOptions {
  /** Only counts what would be removed. */
  readonly dryRun?: boolean;
  /**
   * Writes the file of the store anew afterwards, so that what was removed stands in it no more: LMDB's only, while nobody else has it open. Readers that were made before
   * are closed with the store: call `features()` again.
   */
  readonly compact?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Which erasures are to be forgotten: those of a key, or the one of an id. */
export type ForgottenErasure<P extends ProjectTypes = AnyProject> =
  | {
      readonly [E in keyof P["entities"] & string]: { readonly entity: E; readonly key: P["entities"][E] };
    }[keyof P["entities"] & string]
  | { readonly id: string };

/** The right to be forgotten, as calls. */
export interface Erasing<P extends ProjectTypes = AnyProject> {
  /**
   * Removes a key of an entity from all that is kept of it: the online store, what is kept of reads in this process, logs. A scan finds it nowhere afterwards. Loads
   * leave it out from then on; where sources still have it, the result says.
   *
   * @example `const { found, sources } = await tondo.erase("customer", "c-1029");`
   * @throws TondoError `KEY_INVALID`, `NOT_APPLIED`, `HOME_BUSY`, `ERASE_INCOMPLETE`, `ERASURES_UNREADABLE`, `INVALID_ARGUMENT` where Cassandra is to be compacted
   */
  erase<const E extends keyof P["entities"] & string>(
    entity: E,
    key: P["entities"][E],
    options?: EraseCallOptions,
  ): Promise<EraseResult>;
  /** All erasures, the newest first: when and by whom a key of which entity was erased, never which key. */
  erasures(): Promise<readonly Erasure[]>;
  /**
   * Lets loads bring back what was erased. Gives how many erasures were forgotten; 0 where there were none. They stay recorded.
   *
   * @example `await tondo.forgetErasure({ entity: "customer", key: "c-1029" })`
   * @throws TondoError `KEY_INVALID`, `NOT_APPLIED`, `HOME_BUSY`, `ERASURES_UNREADABLE`
   */
  forgetErasure(which: ForgottenErasure<P>): Promise<number>;
}

/** What {@link erasing} works on. */
export interface ErasingContext {
  readonly home: string;
  readonly database: Database;
  readonly places: FilePlaces;
  /** The definitions in force, over files. */
  readonly project: () => Promise<ProjectPlan>;
  readonly store: () => Promise<OnlineStore>;
  readonly engine: () => Promise<Engine>;
  readonly logs: () => readonly ErasableLog[];
  /** Tells readers of this process that the records of an entity's key are others now, in whichever groups they know. */
  readonly evict: (entity: string, key: EntityKeys[string]) => void;
  /** Closes the store and writes its file anew; absent where its kind has none. */
  readonly compact?: () => Promise<NonNullable<EraseResult["compacted"]>>;
  readonly clock: Clock;
  readonly actor: string;
}

/** The calls that erase, on a home and its store. */
export function erasing(context: ErasingContext): Erasing {
  const { home, database, clock, actor } = context;
  return {
    erase: async (entity, given, { compact = false, ...options } = {}) => {
      if (compact && context.compact === undefined) {
        throw new TondoError("INVALID_ARGUMENT", "this online store has no file that could be compacted", {
          hint: "Erase without it; Cassandra removes what was erased by its own compaction.",
        });
      }
      // Types say what a key is; what was given is looked at.
      const key = given as EntityKeys[string];
      const project = await context.project();
      const engine = await context.engine();
      try {
        return await erase({
          ...options,
          ...context.places,
          ...{ project, entity, key, home, database, engine, actor, clock },
          store: await context.store(),
          logs: context.logs(),
          evict: () => {
            context.evict(entity, key);
          },
          ...(compact && context.compact !== undefined ? { compact: context.compact } : {}),
        });
      } finally {
        engine.close();
      }
    },
    erasures: () => listErasures(database),
    forgetErasure: async (which) => {
      using _lock = lockHome(home, "forget an erasure");
      const made = { at: clock(), by: actor };
      if ("id" in which) return await forgetErasures(database, which, made);
      const { entity, key: given } = which;
      const key = erasedKey(await context.project(), entity, given as EntityKeys[string]);
      const standing = (await standingErasures(database)).filter((one) => one.entity === entity);
      if (standing.length === 0) return 0;
      const secret = requireSecret(await readSecret(home), standing, home);
      const digest = secret.digest(entity, key.bytes);
      return await forgetErasures(database, { entity, digest, secret: secret.id }, made);
    },
  };
}
