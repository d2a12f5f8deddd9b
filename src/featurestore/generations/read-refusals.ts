import { TondoError } from "../../core/index.ts";
import type { GroupPlan, SourcePlan } from "../../dsl/index.ts";
import { GroupReader } from "../online/group-reader.ts";
import type { GroupPointer } from "../online/index.ts";

/**
 * Why readers of a group, as it is defined now, would be refused by what a pointer names: one sentence for each stored value that was
 * loaded under another definition, or not at all. It is the check that readers themselves make. None where all can be read; what was
 * loaded and is no longer defined harms nobody.
 *
 * @param unless another pointer: what cannot be read by that either is left out
 * @example `readRefusals(group, source, pointer) // ['"n_1h" of shop:till has not been materialized: its group was loaded without it']`
 */
export function readRefusals(
  group: GroupPlan,
  source: SourcePlan,
  pointer: GroupPointer,
  unless?: GroupPointer,
): readonly string[] {
  return group.stored.flatMap((stored) => {
    if (stored.kind === "window" && stored.direction === "next") return [];
    const reason = refusal(group, source, stored.name, pointer);
    if (reason === undefined) return [];
    return unless !== undefined && refusal(group, source, stored.name, unless) !== undefined ? [] : [reason];
  });
}

function refusal(group: GroupPlan, source: SourcePlan, stored: string, pointer: GroupPointer): string | undefined {
  try {
    new GroupReader(group, source, [{ stored, target: 0 }]).bind(pointer);
    return undefined;
  } catch (error) {
    if (error instanceof TondoError && error.code === "GROUP_NOT_MATERIALIZED") return error.message;
    throw error;
  }
}
