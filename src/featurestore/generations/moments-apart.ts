import { formatMicros } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";
import { sourceOf } from "../online/find-feature.ts";
import { type GroupPointer, groupName } from "../online/index.ts";

/**
 * Why no moment serves all groups that a vector reads, as they are loaded: windows answer for the moment of their load alone, snapshots from
 * theirs on, tables for any. `undefined` where there is such a moment; groups that are not loaded do not count.
 */
export function momentsApart(vector: VectorPlan, pointers: ReadonlyMap<string, GroupPointer>): string | undefined {
  const read = new Set(vector.reads.map(({ entity, group }) => `${entity}:${group}`));
  const loaded = vector.groups.flatMap((group) => {
    const name = groupName(group);
    const pointer = read.has(name) ? pointers.get(name) : undefined;
    return pointer === undefined ? [] : [{ name, kind: sourceOf(vector, group).kind, asOf: pointer.asOf }];
  });
  const windows = loaded.filter(({ kind }) => kind === "events");
  const [first] = windows;
  if (first === undefined) return undefined;
  const other =
    windows.find(({ asOf }) => asOf !== first.asOf) ??
    loaded.find(({ kind, asOf }) => kind === "snapshot" && asOf > first.asOf);
  if (other === undefined) return undefined;
  return (
    `no moment serves the vector ${vector.name}: ${first.name} is loaded as of ${formatMicros(first.asOf)}, ` +
    `${other.name} as of ${formatMicros(other.asOf)}; requests are refused (MOMENT_NOT_SERVED) until they are loaded together`
  );
}
