import { TondoError } from "../../core/index.ts";
import type { GroupPlan, SourcePlan } from "../../dsl/index.ts";
import { GroupReader } from "../online/group-reader.ts";
import type { GroupPointer } from "../online/index.ts";

/**
 * Why readers of a group, as it is defined now, would be refused by what a pointer names: one sentence for each stored value that was
 * loaded under another definition, or not at all. It is the check that readers themselves make. None where all can be read; what was
 * loaded and is no longer defined harms nobody.
 *
 * @example `readRefusals(group, source, pointer) // ['"n_1h" of shop:till has not been materialized: its group was loaded without it']`
 */
export function readRefusals(group: GroupPlan, source: SourcePlan, pointer: GroupPointer): readonly string[] {
  return group.stored.flatMap((stored) => {
    if (stored.kind === "window" && stored.direction === "next") return [];
    try {
      new GroupReader(group, source, [{ stored: stored.name, target: 0 }]).bind(pointer);
      return [];
    } catch (error) {
      if (error instanceof TondoError && error.code === "GROUP_NOT_MATERIALIZED") return [error.message];
      throw error;
    }
  });
}
