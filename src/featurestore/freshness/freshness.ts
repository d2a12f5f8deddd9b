import { type Moment, type Micros, toMicros } from "../../core/index.ts";
import type { GroupPlan, ProjectPlan } from "../../dsl/index.ts";
import { heldPointers } from "../generations/held-pointers.ts";
import { readRefusals } from "../generations/read-refusals.ts";
import { sourceOf } from "../online/find-feature.ts";
import { type GroupPointer, groupName, type OnlineStore, type Rollback } from "../online/index.ts";

/** Of what, and when. */
export interface FreshnessOptions {
  readonly project: ProjectPlan;
  /** The `sla` of groups in microseconds, by `entity:group`. */
  readonly promises: ReadonlyMap<string, number>;
  readonly store: OnlineStore;
  /** The moment that ages are counted to. */
  readonly at: Moment;
  /** `entity:group`; by default all with something to load. */
  readonly groups?: readonly string[];
}

/** How fresh one group is. */
export interface GroupFreshness {
  /** `entity:group`. */
  readonly group: string;
  /**
   * `fresh`: no older than its `sla`. `late`: older. `loaded`: it has none. `outdated`: it is loaded under other definitions than those in
   * force, so that readers are refused, however young the load is. `absent`: never materialized.
   */
  readonly status: "fresh" | "late" | "loaded" | "outdated" | "absent";
  /** The moment that its load is of: of a table, the last one for which a load found the same files. `null` where there is none. */
  readonly asOf: Micros | null;
  /** When it was loaded, by the machine's clock. */
  readonly loadedAt: Micros | null;
  readonly generation: number | null;
  /** `at` less `asOf`: negative where it is loaded as of a later moment. */
  readonly ageMicros: number | null;
  /** What it promises; `null` where it promises nothing. */
  readonly slaMicros: number | null;
  /** Whether it keeps its `sla`: an age that equals it does. `null` where it has none. */
  readonly kept: boolean | null;
  /** Why readers are refused, where it is outdated: one sentence for each stored value. */
  readonly refusals: readonly string[];
  /** That its current generation was gone back to. */
  readonly rolledBack: Rollback | null;
}

/** How fresh groups are. */
export interface Freshness {
  readonly at: Micros;
  /** Whether every group with an `sla` keeps it. */
  readonly kept: boolean;
  readonly groups: readonly GroupFreshness[];
  /** The groups that promise nothing, and those that readers are refused of: what `kept` does not say. */
  readonly warnings: readonly string[];
}

/**
 * How fresh the materialized groups are: the age of each group's load, counted from the moment that it is of and not from when it ran, beside
 * what the group promises. How old the rows of its source are is another matter, and not looked at.
 *
 * @throws TondoError `UNKNOWN_GROUP`, `INVALID_ARGUMENT`, `STORE_CORRUPT`, `IO_FAILED`
 */
export async function freshness(options: FreshnessOptions): Promise<Freshness> {
  const at = toMicros(options.at, "at");
  const held = await heldPointers(options);
  const groups = held.map(({ group, pointer }) => freshnessOf(options, group, pointer, at));
  const unpromised = groups.filter(({ slaMicros }) => slaMicros === null).map(({ group }) => group);
  const warnings = [
    ...(unpromised.length === 0
      ? []
      : [`no sla: ${unpromised.join(", ")}; nobody says how fresh they have to be, so they cannot be late`]),
    ...groups.flatMap(({ status, group, refusals }) =>
      status === "outdated"
        ? [
            `${group} is loaded under other definitions than those in force, and readers are refused: ${refusals.join("; ")}`,
          ]
        : [],
    ),
  ];
  return { at, kept: groups.every(({ kept }) => kept !== false), groups, warnings };
}

function freshnessOf(
  { project, promises }: FreshnessOptions,
  group: GroupPlan,
  pointer: GroupPointer | undefined,
  at: Micros,
): GroupFreshness {
  const name = groupName(group);
  const slaMicros = promises.get(name) ?? null;
  if (pointer === undefined) {
    const nothing = { asOf: null, loadedAt: null, generation: null, ageMicros: null, refusals: [], rolledBack: null };
    return { group: name, status: "absent", ...nothing, slaMicros, kept: slaMicros === null ? null : false };
  }
  const { loadedAt, generation, rolledBack = null } = pointer;
  const asOf = pointer.confirmed ?? pointer.asOf;
  const ageMicros = at - asOf;
  const refusals = readRefusals(group, sourceOf(project, group), pointer);
  const isInTime = slaMicros === null || ageMicros <= slaMicros;
  const status = refusals.length > 0 ? "outdated" : slaMicros === null ? "loaded" : isInTime ? "fresh" : "late";
  const kept = slaMicros === null ? null : status === "fresh";
  return { group: name, status, asOf, loadedAt, generation, ageMicros, slaMicros, kept, refusals, rolledBack };
}
