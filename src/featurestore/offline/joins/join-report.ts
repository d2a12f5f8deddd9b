import type { StateJoin, WindowJoin } from "./join-plan.ts";
import type { JoinWarning } from "./join-warnings.ts";

/** What a join did, for `explain` and for the curious. */
export interface JoinReport {
  readonly group: string;
  readonly join: "table" | StateJoin | WindowJoin;
  readonly reason: string;
  /** In how many parts of the keys it was done; absent where in one. */
  readonly parts?: number;
  readonly inJavaScript: readonly string[];
  /** Where the key is computed: how many left rows came to one that the source has at all, at whatever time. */
  readonly foundKeys?: number;
  /** What is allowed and seldom meant; absent where there is nothing of the kind. */
  readonly warnings?: readonly JoinWarning[];
}
