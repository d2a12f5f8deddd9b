import { expect } from "vitest";
import type { GivenValue, Micros } from "../../../src/core/index.ts";
import type { ProjectPlan, SourcePlan } from "../../../src/dsl/index.ts";
import type { OnlineStore } from "../../../src/featurestore/online/index.ts";
import { pushing, type PushLimits } from "../../../src/featurestore/pushed/index.ts";

/** A row of a source, by its columns. */
export interface FedRow {
  readonly source: string;
  readonly values: Readonly<Record<string, GivenValue>>;
}

/** From when on a row counts, or as of when it waits for a load. */
export interface FedOutcome {
  readonly k: Micros;
  readonly waits: boolean;
}

/** A way for rows to come into a store, while it is loaded and read. */
export interface Feeder {
  /** What it needs in a plan's sources: topics, perhaps. */
  place<P extends { readonly sources: readonly SourcePlan[] }>(plan: P): P;
  /** Has rows come, and returns once they do; `undefined` of a row that counts nowhere. */
  feed(rows: readonly FedRow[]): Promise<readonly (FedOutcome | undefined)[]>;
  close(): Promise<void>;
}

/** Opens a way for rows of some sources to come. */
export type OpenFeeder = (into: {
  readonly project: ProjectPlan;
  /** The definitions in force, where they become others. */
  readonly inForce?: () => ProjectPlan;
  readonly sources: readonly string[];
  readonly store: OnlineStore;
  readonly clock: () => Micros;
  readonly limits?: Partial<Pick<PushLimits, "foldRows" | "foldAfterMs">>;
}) => Feeder | Promise<Feeder>;

/** Pushes rows, one after the other. */
export const pushFeeder: OpenFeeder = ({ project, inForce = () => project, store, clock, limits }) => {
  const push = pushing({
    ...{ project, store, clock, erased: () => Promise.resolve(() => undefined) },
    inForce: () => Promise.resolve(inForce()),
    limits: { maxFuture: Infinity, ...limits },
  });
  const pushOne = async ({ source, values }: FedRow): Promise<FedOutcome | undefined> => {
    try {
      const { appliedAt, waiting } = await push(source, [values]);
      return { k: appliedAt, waits: waiting === 1 };
    } catch (error) {
      // Rows without a key or time count nowhere.
      expect(error).toMatchObject({ code: expect.stringMatching(/^(INPUT|KEY)_INVALID$/) as string });
      return undefined;
    }
  };
  return {
    place: (plan) => plan,
    feed: async (rows) => {
      const outcomes: (FedOutcome | undefined)[] = [];
      for (const row of rows) outcomes.push(await pushOne(row));
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
};
