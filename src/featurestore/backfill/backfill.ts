import type { Micros } from "../../core/index.ts";
import { readRefusals } from "../generations/read-refusals.ts";
import { materialize, type MaterializedGroup, type MaterializeOptions } from "../materialize/index.ts";
import { findFeature, type FoundFeature } from "../online/find-feature.ts";
import { groupName } from "../online/index.ts";

/** Which features are to be served, over all that is known of the past. */
export interface BackfillOptions extends Omit<MaterializeOptions, "groups" | "asOf" | "since"> {
  /** Canonical names, at least one. */
  readonly features: readonly string[];
}

/** What became of a feature. */
export interface BackfilledFeature {
  readonly feature: string;
  /** `entity:group`. */
  readonly group: string;
  /** `there`: its group was loaded by its definition before, and is left as it is. */
  readonly status: "loaded" | "there";
}

/** What a backfill did. */
export interface BackfillResult {
  readonly features: readonly BackfilledFeature[];
  /** As of which moment groups were loaded; `null` where none was. What is streamed and pushed later is served beside it. */
  readonly asOf: Micros | null;
  /** From when on the features are answered; `null` where none was loaded. */
  readonly appliedAt: Micros | null;
  /** How long behind that moment requests may still have been answered without them, microseconds, as a load says it; 0 where none was loaded. */
  readonly lateBy: Micros;
  /** The groups that were loaded, with all their features. */
  readonly groups: readonly MaterializedGroup[];
}

/**
 * Has features be served that are defined and were never loaded, new windows above all: their groups are computed from all files and all that was streamed and pushed, while what is there answers on,
 * and become current together. What is streamed meanwhile counts once, in what is loaded or beside it.
 *
 * @throws TondoError `UNKNOWN_FEATURE`, `INVALID_ARGUMENT` where one looks forward, and what `materialize` throws
 */
export async function backfill({ features, ...options }: BackfillOptions): Promise<BackfillResult> {
  const { project, store } = options;
  const found = features.map((name) => ({ name, ...findFeature(project, name) }));
  const view = await store.view([...new Set(found.map(({ group }) => groupName(group)))]);
  const isThere = ({ group, source }: FoundFeature): boolean => {
    const pointer = view.pointer(groupName(group));
    return pointer !== undefined && readRefusals(group, source, pointer).length === 0;
  };
  let there: readonly boolean[];
  try {
    there = found.map(isThere);
  } finally {
    view.close();
  }
  const groups = [...new Set(found.flatMap(({ group }, i) => (there[i] === true ? [] : [groupName(group)])))];
  const loaded = groups.length === 0 ? undefined : await materialize({ ...options, groups });
  return {
    features: found.map(({ name, group }, i) => ({
      ...{ feature: name, group: groupName(group) },
      status: there[i] === true ? "there" : "loaded",
    })),
    asOf: loaded?.asOf ?? null,
    appliedAt: loaded?.appliedAt ?? null,
    lateBy: loaded?.lateBy ?? 0,
    groups: loaded?.groups ?? [],
  };
}
