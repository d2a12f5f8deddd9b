import type { Micros, TypeName, Value } from "../../core/index.ts";

/** How a logged value and a replayed one do not agree: both are there, or one of them is missing. */
export type Disagreement = "differing" | "missing_in_log" | "missing_in_training";

/** A row in which an output is not the same. */
export interface ConsistencyExample {
  readonly kind: Disagreement;
  /** As the log has it; `null` where it has none. */
  readonly requestId: string | null;
  /** The moment that the request asked for. */
  readonly at: Micros;
  /** The key columns of the request by name, without those that are named as pii. */
  readonly keys: Readonly<Record<string, Value>>;
  /** The two values; absent where the output is named as pii, or made from what is. */
  readonly values?: { readonly logged: Value; readonly replayed: Value };
  /** Whether agreement was promised for it: see {@link ConsistencyWarning}. */
  readonly covered: boolean;
}

/** How one raw feature or slot compares. */
export interface OutputConsistency {
  /** `role__entity__group__stored` of a raw feature, the name of a slot. */
  readonly name: string;
  /** The canonical name of a raw feature; `null` of a slot. */
  readonly feature: string | null;
  readonly type: TypeName;
  /** Rows in which both sides have an answer, missing or not: the four below add up to it. */
  readonly compared: number;
  /** The same value to the bit, or missing on both sides. */
  readonly equal: number;
  readonly differing: number;
  readonly missingInLog: number;
  readonly missingInTraining: number;
  /** Of those not equal how many the tolerance does not take in. */
  readonly beyond: number;
  /** Of those not equal how many ask for what agreement was never promised for: see {@link ConsistencyWarning}. */
  readonly uncovered: number;
  /** Rows that were not compared, since the store was away when they were answered. */
  readonly unavailable: number;
  /** Rows that were not compared, since agreement was not promised for them and only what was covered was asked for. */
  readonly leftOut: number;
  /** Rows whose logged status says otherwise than what was replayed; `null` where the log has no statuses, as of slots. */
  readonly statusesDisagree: number | null;
  /** The largest difference of two numbers, and the largest in relation to the larger of them; `null` where none differ, or they are no numbers. */
  readonly largestDifference: number | null;
  readonly largestRelative: number | null;
  readonly examples: readonly ConsistencyExample[];
}

/** Why agreement was not promised for some rows, or something else that is good to know about what was compared. */
export interface ConsistencyWarning {
  readonly code:
    | "nothing-logged"
    | "nothing-compared"
    | "other-definitions"
    | "other-vectors"
    | "untimed"
    | "no-fingerprint"
    | "no-load"
    | "source-defined-otherwise"
    | "before-first-load"
    | "files-rewritten"
    | "files-gone"
    | "table-reloaded"
    | "during-load"
    | "rolled-back"
    | "keys-too-long"
    | "keys-erased"
    | "declared-knowledge"
    | "unavailable"
    | "model-gone";
  /** In a sentence, with the group and counts. */
  readonly message: string;
  /** How many rows of the log it is about. */
  readonly rows: number;
}

/** What came of a replay of logged requests through the training path. */
export interface ConsistencyReport {
  readonly version: 1;
  readonly vector: string;
  /** Of the plan that requests were replayed by. */
  readonly fingerprint: string;
  /** Whether something was compared, and nothing differed beyond the tolerance, nor did a status. */
  readonly consistent: boolean;
  /** What joins took for the moments at which rows were known: when they were first applied online, or what they declare. */
  readonly knowledge: "applied" | "declared";
  readonly tolerance: number;
  /** The period that was asked for; `null` where it has no bound. */
  readonly since: Micros | null;
  readonly until: Micros | null;
  /** How many requests were replayed, and the first and last moment that they ask for. */
  readonly rows: number;
  readonly first: Micros | null;
  readonly last: Micros | null;
  /** Rows of the log that were not replayed. */
  readonly leftOut: {
    /** Served by other definitions of the vector. */
    readonly definitions: readonly { readonly fingerprint: string; readonly rows: number }[];
    readonly otherVectors: number;
    /** Without a moment. */
    readonly untimed: number;
    readonly unsampled: number;
  };
  readonly features: readonly OutputConsistency[];
  readonly slots: readonly OutputConsistency[];
  /** What the vector has and was not compared in any row, and why. */
  readonly notCompared: readonly { readonly name: string; readonly reason: string }[];
  readonly warnings: readonly ConsistencyWarning[];
}
