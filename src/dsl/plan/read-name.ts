import { formatCanonicalName } from "../../core/index.ts";
import type { ReadPlan } from "./plan.ts";

/** How a read is called in answers. */
export interface ReadName {
  /** The name of its key: a role, or what the key is computed by. */
  readonly key: string;
  /** The canonical name of the stored value. */
  readonly name: string;
}

/**
 * The two parts of a read's id.
 *
 * @example `readName(read) // { key: "store", name: "restaurant:kitchen:prep_7d" }` for `store__restaurant__kitchen__prep_7d`
 */
export function readName({ id, entity, group, stored }: ReadPlan): ReadName {
  const end = `__${entity}__${group}__${stored}`;
  return {
    key: id.endsWith(end) ? id.slice(0, -end.length) : id,
    name: formatCanonicalName({ entity, group, feature: stored }),
  };
}
