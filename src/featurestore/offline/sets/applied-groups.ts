import type { Micros } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import {
  type AppliedLog,
  type AppliedRows,
  appliedRows,
  isLogOf,
  logUntil,
  withoutClock,
} from "../../applied/index.ts";
import type { SourceFile } from "../sources/source-digests.ts";
import type { Manifest } from "./manifest.ts";

/** Of the groups that a vector reads the logs of what was applied online, by `entity:group`; `undefined` where there is none. */
export function appliedTo(
  { groups, sources }: Pick<VectorPlan, "groups" | "sources">,
  logs: ReadonlyMap<string, AppliedLog> | undefined,
): Manifest["applied"] {
  const own = groups.flatMap(({ entity, name, source: of }) => {
    const log = logs?.get(`${entity}:${name}`);
    const source = sources.find((one) => one.name === of);
    // A log of a source that is read otherwise now is of other rows: what was served then is agreed with no more.
    return log === undefined || source === undefined || !isLogOf(log, source)
      ? []
      : [[`${entity}:${name}`, withoutClock(log)] as const];
  });
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

/** What of logs can matter to rows of which the last one asks at `latest`: see `logUntil`. */
export function appliedUntil(
  { groups }: Pick<VectorPlan, "groups">,
  { applied, sources }: Pick<Manifest, "applied" | "sources">,
  latest: Micros,
): Manifest["applied"] {
  const own = Object.entries(applied ?? {}).flatMap(([name, log]) => {
    const source = groups.find((one) => `${one.entity}:${one.name}` === name)?.source;
    const files = sources.find((one) => one.source === source)?.files ?? [];
    const until = logUntil(log, files, latest);
    return until === undefined ? [] : [[name, until] as const];
  });
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

/** When the rows of a vector's sources were first applied, group by group. */
export function appliedGroups(
  { groups }: Pick<VectorPlan, "groups">,
  applied: Manifest["applied"],
  files: ReadonlyMap<string, readonly SourceFile[]>,
): ReadonlyMap<string, AppliedRows> {
  const all = new Map<string, AppliedRows>();
  for (const { entity, name, source } of groups) {
    const log = applied?.[`${entity}:${name}`];
    if (log !== undefined) all.set(`${entity}:${name}`, appliedRows(log, files.get(source) ?? []));
  }
  return all;
}
