import type { Micros } from "../../core/index.ts";
import type { GroupPlan } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { SourceRelation } from "../offline/sources/source-relation.ts";
import type { GenerationLoad } from "./generation-load.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";

/** What the load of one group works with. */
export interface GroupLoad {
  readonly engine: Engine;
  readonly group: GroupPlan;
  readonly relation: SourceRelation;
  /** Whether to read some of its columns a second time costs little. */
  readonly isReadAgain: boolean;
  /** The load's moment. */
  readonly asOf: Micros;
  readonly limits: MaterializeLimits;
  readonly into: GenerationLoad;
  /** What is done, for errors. */
  readonly doing: string;
  readonly signal?: AbortSignal;
  readonly onKeys: (keys: number) => void;
}

/**
 * SQL of what a load may see of a group's events or rows: what was known at its moment, in the version that stood then.
 */
export function knownAt({ relation, asOf }: GroupLoad): string {
  const moment = String(asOf);
  return relation.hasVersions ? `k <= ${moment} and (until is null or until > ${moment})` : `k <= ${moment}`;
}
