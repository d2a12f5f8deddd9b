import { canonicalJson } from "../../../core/index.ts";
import { type GroupPlan, isSecondHop, type ReadPlan, type SourcePlan, type VectorPlan } from "../../../dsl/index.ts";

/** Reads that one join answers: of one group, by one key, looking in one direction. */
export interface JoinUnit {
  readonly name: string;
  readonly group: GroupPlan;
  readonly source: SourcePlan;
  readonly direction: "back" | "next";
  readonly key: ReadPlan["key"];
  /** Each stored value, by its index in the group, with the reads that are of it: one, but for plans that name a key in two ways. */
  readonly reads: readonly { readonly ids: readonly string[]; readonly stored: number; readonly column: string }[];
}

/** Sorts a vector's reads into as few joins as there are groups, keys and directions: those first whose keys read nothing. */
export function joinUnits(vector: VectorPlan): readonly JoinUnit[] {
  const units = new Map<
    string,
    {
      group: GroupPlan;
      source: SourcePlan;
      direction: "back" | "next";
      key: ReadPlan["key"];
      reads: { ids: string[]; stored: number; column: string }[];
    }
  >();
  let column = 0;
  for (const read of [...vector.reads, ...vector.labelReads]) {
    const group = vector.groups.find(({ entity, name }) => entity === read.entity && name === read.group);
    const source = vector.sources.find(({ name }) => name === group?.source);
    const stored = group?.stored.findIndex(({ name }) => name === read.stored) ?? -1;
    if (group === undefined || source === undefined || stored < 0)
      throw new Error(`the plan of ${vector.name} lacks ${read.id}`);
    // A label may read what is not forward, too: a backward window is joined as such wherever it stands.
    const plan = group.stored[stored];
    const own = plan?.kind === "window" ? plan.direction : "back";
    const id = canonicalJson([own, read.entity, read.group, read.key]);
    const unit = units.get(id) ?? { group, source, direction: own, key: read.key, reads: [] };
    const known = unit.reads.find((other) => other.stored === stored);
    if (known === undefined) unit.reads.push({ ids: [read.id], stored, column: `s${String(column++)}` });
    else known.ids.push(read.id);
    units.set(id, unit);
  }
  const isLater = ({ key }: { readonly key: ReadPlan["key"] }): boolean => isSecondHop(key);
  const all = [...units.values()];
  return [...all.filter((unit) => !isLater(unit)), ...all.filter(isLater)].map((unit, i) => ({
    name: `unit${String(i)}`,
    ...unit,
  }));
}
