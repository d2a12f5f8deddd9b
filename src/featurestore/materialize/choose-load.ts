import { canonicalJson, type Micros } from "../../core/index.ts";
import { isLogOf, type AppliedLog } from "../applied/index.ts";
import type { SourceRelation } from "../offline/sources/source-relation.ts";
import type { GroupPointer } from "../online/index.ts";
import type { ChangedKeys, KeyTable } from "./changed-keys.ts";
import { formerInputs } from "./former-inputs.ts";
import type { FullReason } from "./how-loaded.ts";
import type { MaterializeLimits } from "./materialize-limits.ts";
import type { PlannedGroup } from "./planned-group.ts";

/** What decides how a group is loaded. */
export interface LoadChoice {
  readonly plan: PlannedGroup;
  readonly asOf: Micros;
  /** Whether all is to be computed. */
  readonly full: boolean;
  readonly current: GroupPointer | undefined;
  /** When rows were applied by what is current, and with the load; a table has neither. */
  readonly before: AppliedLog | undefined;
  readonly log: AppliedLog | undefined;
  readonly relation: SourceRelation;
  readonly changed: ChangedKeys;
  readonly limits: MaterializeLimits;
  readonly folder: string;
}

/** What was chosen: to compute all keys, or those of a table alone. */
export type ChosenLoad =
  | { readonly how: "full"; readonly reason: FullReason }
  | { readonly how: "incremental"; readonly from: GroupPointer; readonly keys: KeyTable };

/**
 * Chooses whether the records of keys that nothing new came to can be copied from what is current, and whether that is cheaper. It writes nothing, and reads of the source the keys and
 * moments.
 */
export async function chooseLoad(choice: LoadChoice): Promise<ChosenLoad> {
  const { plan, asOf, current, before, log, relation, changed, limits } = choice;
  const reason = refusal(choice);
  if (reason !== undefined) return { how: "full", reason };
  if (current === undefined || before === undefined || log === undefined) return { how: "full", reason: "first" };
  const keys = await changed.find(plan, relation, { before: current.asOf, asOf, log });
  if (keys.keys > limits.changedKeys || keys.keys > limits.changedShare * current.counts.keys)
    return { how: "full", reason: "share" };
  return { how: "incremental", from: current, keys };
}

/** Why nothing can be copied; `undefined` where it can. */
function refusal({ plan, asOf, full, current, before, log, relation, folder }: LoadChoice): FullReason | undefined {
  const { source, planned, overlay, erased, files } = plan;
  if (current === undefined) return "first";
  if (full) return "asked";
  if (source.kind === "table") return "table";
  if (erased?.digest !== current.erased) return "erasures";
  const isSame = canonicalJson(planned.layout) === canonicalJson(current.layout) && overlay === current.overlay;
  if (!isSame || before === undefined || !isLogOf(before, source)) return "definitions";
  // The log of the load goes on from the one of what is current; else rows are known from other moments on.
  if (asOf < current.asOf || log?.loads.length !== before.loads.length + 1) return "earlier";
  const inputs = { source, layout: planned.layout, overlay, files, asOf, erased: erased?.digest };
  if (formerInputs(inputs, current, before, folder) !== current.inputs) return "files";
  if (current.counts.keysTooLong > 0) return "too-long";
  if (relation.inJavaScript.some((name) => /^(key\d+|t|k|id\d+)$/.test(name))) return "computed";
  return undefined;
}
