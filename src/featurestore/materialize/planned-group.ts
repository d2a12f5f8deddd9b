import type { GroupPlan, SourcePlan } from "../../dsl/index.ts";
import type { ErasedOfEntity } from "../erase/erased-keys.ts";
import type { SourceFile } from "../offline/sources/source-digests.ts";
import type { PlannedLayout } from "../online/group-layout.ts";

/** A group that is to be loaded, with all that decides its records. */
export interface PlannedGroup {
  readonly name: string;
  readonly group: GroupPlan;
  readonly source: SourcePlan;
  readonly planned: PlannedLayout;
  readonly files: readonly SourceFile[];
  /** A digest of all of it. */
  readonly inputs: string;
  readonly overlay: string | undefined;
  readonly erased: ErasedOfEntity | undefined;
}
