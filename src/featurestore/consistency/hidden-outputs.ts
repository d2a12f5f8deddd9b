import { columnsOf, piiOutputs, readIds, readName, type VectorPlan } from "../../dsl/index.ts";

/**
 * The key columns, reads (by id) and slots of a vector whose values are not to be shown: those that are named, by their own name, as a role, or
 * by their canonical name, those that definitions mark as personal, and what is made from them.
 */
export function hiddenOutputs(vector: VectorPlan, names: readonly string[]): ReadonlySet<string> {
  const named = new Set(names);
  const hidden = new Set(piiOutputs(vector));
  const roleOf = (column: string): string | undefined =>
    vector.roles.find(({ role }) => column === role || column.startsWith(`${role}_`))?.role;
  for (const { name } of vector.keys) if (named.has(name) || named.has(roleOf(name) ?? name)) hidden.add(name);
  for (const { name } of vector.inputs) if (named.has(name)) hidden.add(name);
  for (const read of vector.reads) {
    const { entity, group, stored, id } = read;
    const plan = vector.groups.find((one) => one.entity === entity && one.name === group)?.stored;
    const own = plan?.find(({ name }) => name === stored);
    const columns = own?.kind === "column" ? [own.column] : columnsOf(own?.input);
    const isColumn = columns.some((one) => named.has(one));
    if (named.has(id) || named.has(readName(read).name) || named.has(stored) || isColumn) hidden.add(id);
  }
  const keyOf = new Map(vector.reads.map(({ id, key }) => [id, key]));
  for (const { name, value } of vector.slots) {
    const reads = readIds([value], (id) => keyOf.get(id) ?? []);
    const isMade = columnsOf(value).some((one) => hidden.has(one)) || [...reads].some((id) => hidden.has(id));
    if (named.has(name) || isMade) hidden.add(name);
  }
  return hidden;
}
