import { type Clock, type Micros, systemClock, TondoError } from "../../core/index.ts";
import type { ProjectPlan } from "../../dsl/index.ts";
import { lockHome } from "../home-lock.ts";
import type { OnlineStore, PointerSwitch } from "../online/index.ts";
import { type HeldGroup, heldGroups, rollbackRefusals } from "./generations.ts";

/** What is to be gone back to the generation before, by whom. */
export interface RollbackOptions {
  readonly project: ProjectPlan;
  /** The home: locked meanwhile. */
  readonly home: string;
  readonly store: OnlineStore;
  /** `entity:group`, at least one. */
  readonly groups: readonly string[];
  /** Kept with the pointers. */
  readonly actor: string;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
  readonly clock?: Clock;
}

/** A group that went back, or would. */
export interface GroupRollback {
  readonly group: string;
  /** The generation that was current, and the moment it was loaded as of. */
  readonly from: number;
  readonly fromAsOf: Micros;
  /** The generation that is current now. */
  readonly to: number;
  readonly asOf: Micros;
}

/** What a rollback did. */
export interface RollbackResult {
  /** `false` for a dry run: nothing has changed. */
  readonly done: boolean;
  readonly at: Micros;
  readonly by: string;
  readonly groups: readonly GroupRollback[];
}

/**
 * Makes the previous generation of groups current again: by one switch for all of them, or for none. Nothing is dropped before the groups
 * are loaded next, and no number of a generation is ever given again. A group goes back by one generation, not further: after a rollback
 * there is nothing before.
 *
 * @throws TondoError `ROLLBACK_REFUSED` with all that stands against it: no previous generation, or the definitions in force cannot read it;
 * `UNKNOWN_GROUP`, `HOME_BUSY`, `INVALID_ARGUMENT`, `STORE_CORRUPT`
 */
export async function rollback(options: RollbackOptions): Promise<RollbackResult> {
  const { project, home, store, groups, actor, dryRun = false, clock = systemClock } = options;
  if (groups.length === 0) {
    throw new TondoError("INVALID_ARGUMENT", "a rollback names its groups, and none is named", {
      hint: "Give one or more, as entity:group.",
    });
  }
  using _lock = dryRun ? undefined : lockHome(home, "roll back");
  const found = await heldGroups({ project, home, store, groups });
  refuse(project, found);
  const at = clock();
  const switches = found.flatMap((one) => switchBack(one, { at, by: actor }));
  if (!dryRun && !(await store.switchPointers(switches))) {
    throw new TondoError("HOME_BUSY", "somebody else loaded one of these groups meanwhile; nothing was switched", {
      hint: "Look at `tondo generations`, then roll back again if it is still wanted.",
    });
  }
  const switched = found.flatMap(({ name, pointer }): readonly GroupRollback[] => {
    if (pointer?.before === undefined) return [];
    const { generation: from, asOf: fromAsOf, before } = pointer;
    return [{ group: name, from, fromAsOf, to: before.generation, asOf: before.asOf }];
  });
  return { done: !dryRun, at, by: actor, groups: switched };
}

function refuse(project: ProjectPlan, found: readonly HeldGroup[]): void {
  const refused = found.flatMap((one) => {
    const reasons = rollbackRefusals(project, one);
    return reasons.length === 0 ? [] : [{ group: one.name, reasons }];
  });
  if (refused.length === 0) return;
  const reasons = refused.flatMap((one) => one.reasons);
  throw new TondoError("ROLLBACK_REFUSED", `nothing was rolled back: ${reasons.join("; ")}`, {
    hint: "`tondo generations` shows what is kept. Materialize as of the moment that is wanted instead.",
    details: { groups: refused },
  });
}

function switchBack(
  { pointer }: HeldGroup,
  made: { readonly at: Micros; readonly by: string },
): readonly PointerSwitch[] {
  if (pointer?.before === undefined) return [];
  const { generation, before } = pointer;
  return [{ pointer: { ...before, rolledBack: { from: generation, ...made } }, expected: generation }];
}
