import type { Micros } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { sourceOf } from "../online/find-feature.ts";
import type { LoadCounts, Rollback } from "../online/index.ts";
import { wasPushedBehind } from "../pushed/index.ts";
import { type HeldOptions, type HeldPointer, heldPointers } from "./held-pointers.ts";
import { readRefusals } from "./read-refusals.ts";

/** A generation of a group that the store keeps records of, or that a pointer names. */
export interface KeptGeneration {
  readonly generation: number;
  /**
   * `current`: it is served. `previous`: a rollback goes back to it. `rolled back`: it was gone back from. `unfinished`: it is being loaded,
   * or its load was ended. The last two go when the group is loaded next.
   */
  readonly state: "current" | "previous" | "rolled back" | "unfinished";
  /** The moment it was loaded as of; `null` where nothing is known of it but its number. */
  readonly asOf: Micros | null;
  /** When it was loaded, by the machine's clock. */
  readonly loadedAt: Micros | null;
  readonly counts: LoadCounts | null;
  /** Of the current and the previous one: why it cannot be read as the group is defined now, or gone back to. Empty where it can. */
  readonly refusals: readonly string[];
}

/** What the store keeps of a group. */
export interface GroupGenerations {
  /** `entity:group`. */
  readonly group: string;
  /** The newest first; empty where the group was never materialized. */
  readonly generations: readonly KeptGeneration[];
  /** That the current one was gone back to: from which one, when, by whom. */
  readonly rolledBack: Rollback | null;
}

/** Of which groups, in which store and home. */
export interface GenerationsOptions extends HeldOptions {
  /** Where the files of pushed rows are. */
  readonly home: string;
}

/** A group with what is current of it, and the generations that the store holds records of. */
export interface HeldGroup extends HeldPointer {
  readonly held: readonly number[];
  /** Whether rows were pushed since the generation before that do not lie beside it. */
  readonly lacksPushed: boolean;
}

/**
 * The generations of groups that the store keeps.
 *
 * @throws TondoError `UNKNOWN_GROUP`, `STORE_CORRUPT`, `IO_FAILED`
 */
export async function generations(options: GenerationsOptions): Promise<readonly GroupGenerations[]> {
  const { project } = options;
  return (await heldGroups(options)).map((one) => {
    const { name, group, pointer, held } = one;
    const named = new Set([...held, ...(pointer === undefined ? [] : [pointer.generation])]);
    if (pointer?.previous !== undefined) named.add(pointer.previous);
    const kept = [...named]
      .sort((a, b) => b - a)
      .map((generation): KeptGeneration => {
        const nothing = { generation, asOf: null, loadedAt: null, counts: null, refusals: [] };
        if (generation === pointer?.generation) {
          const { asOf, loadedAt, counts } = pointer;
          const refusals = readRefusals(group, sourceOf(project, group), pointer);
          return { generation, state: "current", asOf, loadedAt, counts, refusals };
        }
        if (generation === pointer?.previous) {
          const { asOf = null, loadedAt = null, counts = null } = pointer.before ?? {};
          const refusals = rollbackRefusals(project, one);
          return { generation, state: "previous", asOf, loadedAt, counts, refusals };
        }
        return { ...nothing, state: generation === pointer?.rolledBack?.from ? "rolled back" : "unfinished" };
      });
    return { group: name, generations: kept, rolledBack: pointer?.rolledBack ?? null };
  });
}

/** The groups asked for, as they are in the store. */
export async function heldGroups(options: GenerationsOptions): Promise<readonly HeldGroup[]> {
  const pointers = await heldPointers(options);
  return Promise.all(
    pointers.map(async (one) => ({
      ...one,
      held: await options.store.generations(one.name),
      lacksPushed: await lacksPushed(one, options),
    })),
  );
}

/** Rows came in the group otherwise since, or for some time in none: what was pushed then lies in the current generation, or beside that alone. */
async function lacksPushed({ group, pointer }: HeldPointer, { store, home }: GenerationsOptions): Promise<boolean> {
  const { before, overlay, fedSince } = pointer ?? {};
  if (before === undefined || (before.overlay === overlay && fedSince === undefined)) return false;
  return wasPushedBehind(before.asOf, group.source, { store, home });
}

/** Why a group cannot go back to its previous generation; empty where it can. */
export function rollbackRefusals(
  project: Pick<ProjectPlan, "sources">,
  { name, group, pointer, held, lacksPushed }: HeldGroup,
): readonly string[] {
  if (pointer === undefined) return [`${name} has not been materialized`];
  const { previous, before, rolledBack } = pointer;
  if (previous === undefined) {
    const generation = String(pointer.generation);
    return [
      rolledBack === undefined
        ? `${name} has no generation before ${generation}, its first`
        : `${name} was rolled back to generation ${generation} already; nothing older is kept`,
    ];
  }
  if (before === undefined)
    return [
      `${name} was loaded by an earlier version of Tondo, which kept of generation ${String(previous)} its number only`,
    ];
  // Of a load without a row there are no records to be gone.
  if (before.counts.keys > 0 && !held.includes(previous))
    return [`the store has no records of generation ${String(previous)} of ${name} any more`];
  if (lacksPushed)
    return [
      `rows were pushed since generation ${String(previous)} of ${name} was loaded, of which that would not know: its key, time or source was another, or it was taken out`,
    ];
  // What is not there now either was defined since, and nobody reads it.
  return readRefusals(group, sourceOf(project, group), before, pointer);
}
