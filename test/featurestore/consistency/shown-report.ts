import type { ConsistencyReport, OutputConsistency } from "../../../src/featurestore/index.ts";

const at = Date.UTC(2024, 2, 1) * 1000;

const equal: OutputConsistency = {
  ...{ name: "store__restaurant__profile__tz", feature: "restaurant:profile:tz", type: "string?" },
  ...{ compared: 1200, equal: 1200, differing: 0, missingInLog: 0, missingInTraining: 0, beyond: 0, uncovered: 0 },
  ...{ unavailable: 0, leftOut: 0, statusesDisagree: 0, largestDifference: null, largestRelative: null, examples: [] },
};

/** A report with all that a page shows, under names that look like markup. */
export const shownReport: ConsistencyReport = {
  version: 1,
  ...{
    vector: "eta",
    fingerprint: "0123456789abcdef".repeat(4),
    consistent: false,
    knowledge: "applied",
    tolerance: 1e-9,
  },
  ...{ since: null, until: null, rows: 1200, first: at, last: at + 3_600_000_000 },
  leftOut: { definitions: [], otherVectors: 0, untimed: 0, unsampled: 0 },
  features: [
    equal,
    {
      ...equal,
      ...{
        name: "store__restaurant__kitchen__a_feature_with_a_long_name_7d",
        type: "float?",
        equal: 600,
        differing: 300,
      },
      ...{
        missingInLog: 200,
        missingInTraining: 100,
        beyond: 590,
        uncovered: 30,
        unavailable: 12,
        statusesDisagree: 4,
      },
      ...{ largestDifference: 0.1 + 0.2 - 0.3, largestRelative: 1.85e-16 },
      examples: [
        {
          ...{ kind: "differing", requestId: "<img src=x onerror=alert(1)>", at, keys: { store: "</style><b>" } },
          ...{ values: { logged: 0.1 + 0.2, replayed: 0.3 }, covered: true },
        },
        { kind: "missing_in_log", requestId: null, at, keys: {}, covered: false },
      ],
    },
    { ...equal, name: "store__restaurant__kitchen__flags", statusesDisagree: 3 },
    { ...equal, name: "store__restaurant__kitchen__near", equal: 1100, differing: 100, beyond: 0 },
    { ...equal, name: "store__restaurant__kitchen__none", compared: 0, equal: 0, unavailable: 1200 },
  ],
  slots: [{ ...equal, name: `a role="<svg`, feature: null, type: "float?", statusesDisagree: null }],
  notCompared: [{ name: "prep", reason: 'the log has no slot "prep"' }],
  warnings: [{ code: "files-rewritten", message: "kitchen: the file <b> was rewritten", rows: 1200 }],
};
