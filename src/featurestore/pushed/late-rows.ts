import type { Micros } from "../../core/index.ts";
import type { SourcePlan } from "../../dsl/index.ts";
import { recentHorizon } from "../online/recent-rows.ts";

/** How long a push may be on its way for its rows to count at once, microseconds: within a minute of their day they wait already. */
const onTheWay = 60_000_000;

/** That a row had become older while it was on its way than loads keep versions of: it has to wait for the next one. */
export class GrownOld extends Error {
  constructor() {
    super("a row became too old meanwhile");
  }
}

/**
 * The rows of a source with `id`, by their places, that no load keeps the versions of, or soon none does: which of them one replaces could not be told at once, so that they wait for the next
 * load, which reads all.
 */
export function lateRows(
  { id }: SourcePlan,
  rows: readonly { readonly t: Micros }[],
  now: Micros,
): ReadonlySet<number> {
  if (id === undefined) return new Set();
  const from = now + onTheWay - recentHorizon;
  return new Set(rows.flatMap(({ t }, i) => (t < from ? [i] : [])));
}
