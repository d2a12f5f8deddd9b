import { formatMicros, type Micros, TondoError } from "../../core/index.ts";
import type { GroupPlan, ProjectPlan } from "../../dsl/index.ts";
import { goesOn } from "../applied/index.ts";
import { readApplied } from "../online/applied-record.ts";
import { sourceOf } from "../online/find-feature.ts";
import { groupName, type OnlineStore } from "../online/index.ts";

/**
 * Refuses a load that takes in rows since a time alone where that cannot be: the first load of a group takes in all, and so does one with which its log begins anew. Tables have no times, and are
 * loaded whole.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export async function refuseSince(
  { project, store }: { readonly project: ProjectPlan; readonly store: OnlineStore },
  groups: readonly GroupPlan[],
  since: Micros,
  asOf: Micros,
): Promise<void> {
  if (since > asOf) {
    throw new TondoError(
      "INVALID_ARGUMENT",
      `since: ${formatMicros(since)} is later than ${formatMicros(asOf)}, the moment of the load`,
      { hint: "A load takes in what happened before its moment: give an earlier `since`." },
    );
  }
  const first: string[] = [];
  for (const group of groups) {
    const source = sourceOf(project, group);
    if (source.kind === "table") continue;
    const log = await readApplied(store, groupName(group));
    if (log === undefined || !goesOn(log, { source, asOf, appliedAt: asOf })) first.push(groupName(group));
  }
  if (first.length === 0) return;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `since: ${first.join(", ")}: there is no load before that one as of ${formatMicros(asOf)} could go on from, so that it must take in all`,
    {
      hint: "Materialize without `since` first. That is so of a group that was never loaded, of one whose source is read otherwise now, and of a moment before the last load's.",
      details: { groups: first },
    },
  );
}
